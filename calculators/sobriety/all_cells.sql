-- in: reference_cells (of all parts)
-- out: doctor_id, stratum, patients, cents, squares, boxes, box_squares, unpriced: a doctor's parts added up
select doctor_id, stratum, cast(sum(patients) as bigint) as patients,
    cast(sum(cents) as bigint) as cents, cast(sum(squares) as bigint) as squares,
    cast(sum(boxes) as bigint) as boxes, cast(sum(box_squares) as bigint) as box_squares,
    cast(sum(unpriced) as bigint) as unpriced
from reference_cells
group by doctor_id, stratum
