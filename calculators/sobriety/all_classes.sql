-- in: classes (of all parts)
-- out: stratum, atc, cents, boxes, patients: the parts added up
select stratum, atc, cast(sum(cents) as bigint) as cents, cast(sum(boxes) as bigint) as boxes,
    cast(sum(patients) as bigint) as patients
from classes
group by stratum, atc
