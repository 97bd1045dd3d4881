-- in: prescribed_lines
-- out: doctor, patient, drug, cents, boxes, unpriced (lines without an amount): the doctor's tracked prescriptions to his
--      faithful patients. Every line is summed.
select doctor, patient, drug, cast(sum(cents) as bigint) as cents, cast(sum(boxes) as bigint) as boxes,
    cast(sum(unpriced) as bigint) as unpriced
from prescribed_lines
group by doctor, patient, drug
