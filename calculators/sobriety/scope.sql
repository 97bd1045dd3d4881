-- in: initiations, drug_keys; :share (percent)
-- out: drug, atc, initiations, gp_initiations (patients), tracked: more than the share initiated by a GP
select d.drug, d.atc, n.initiations, n.gp_initiations, n.gp_initiations * 100 > n.initiations * :share as tracked
from (
    select drug, cast(count(*) as bigint) as initiations, cast(sum(gp) as bigint) as gp_initiations
    from initiations
    group by drug
) n
join drug_keys d on d.drug = n.drug
