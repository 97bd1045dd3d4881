-- in: initiations, drug_keys
-- out: atc, initiations, gp_initiations: numbers of patients
select d.atc, n.initiations, n.gp_initiations
from (
    select drug, cast(count(*) as bigint) as initiations, cast(sum(gp) as bigint) as gp_initiations
    from initiations
    group by drug
) n
join drug_keys d on d.drug = n.drug
