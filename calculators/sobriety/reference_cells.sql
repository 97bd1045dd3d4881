-- in: cells, kept_doctors, professional_keys
-- out: doctor_id, stratum, patients, cents, squares, boxes, box_squares, unpriced: the cells of the doctors of the reference
select p.professional_id as doctor_id,
    c.stratum, c.patients, c.cents, c.squares, c.boxes, c.box_squares, c.unpriced
from cells c
semi join kept_doctors k on k.doctor = c.doctor
join professional_keys p on p.professional = c.doctor
