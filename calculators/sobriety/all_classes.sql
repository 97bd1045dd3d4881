-- in: classes (of all parts)
-- out: stratum, atc, cents, boxes: the parts added up
select stratum, atc, cast(sum(cents) as bigint) as cents, cast(sum(boxes) as bigint) as boxes
from classes
group by stratum, atc
