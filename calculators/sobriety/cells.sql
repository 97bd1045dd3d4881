-- in: spend
-- out: doctor, stratum, patients, cents, squares (cents squared), boxes, box_squares, unpriced: one row per doctor and
--      stratum with patients
select doctor, stratum, cast(count(*) as bigint) as patients,
    cast(sum(cents) as bigint) as cents, cast(sum(cents * cents) as bigint) as squares,
    cast(sum(boxes) as bigint) as boxes, cast(sum(boxes * boxes) as bigint) as box_squares,
    cast(sum(unpriced) as bigint) as unpriced
from spend
group by doctor, stratum
