-- in: spends (of all parts), block_caps (of all parts)
-- out: stratum, cents, patients: the spends among which the cap of the whole is. It is no lower than the lowest cap of its
--      blocks: below that, each block has less than its share of patients, so all together have less than theirs.
select s.stratum, s.cents, cast(sum(s.patients) as bigint) as patients
from spends s
join (select stratum, min(cap) as least_cap from block_caps group by stratum) b
    on b.stratum = s.stratum and s.cents >= b.least_cap
group by s.stratum, s.cents
