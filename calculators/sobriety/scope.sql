-- in: initiated (of one part or of all); :share (percent)
-- out: atc, initiations, gp_initiations (patients), tracked: more than the share initiated by a GP
select n.atc, n.initiations, n.gp_initiations, n.gp_initiations * 100 > n.initiations * :share as tracked
from (
    select atc, cast(sum(initiations) as bigint) as initiations, cast(sum(gp_initiations) as bigint) as gp_initiations
    from initiated
    group by atc
) n
