-- in: prescriptions, cohort
-- out: doctor, patient, stratum, cents, boxes, unpriced: what the doctor's tracked prescriptions cost, zero for a patient
--      without
select c.doctor, c.patient, ((c.age_class * 2 + c.sex) * 2 + c.ald) * 2 + c.c2s as stratum,
    coalesce(s.cents, 0) as cents, coalesce(s.boxes, 0) as boxes, coalesce(s.unpriced, 0) as unpriced
from cohort c
left join (
    select doctor, patient, cast(sum(cents) as bigint) as cents, cast(sum(boxes) as bigint) as boxes,
        cast(sum(unpriced) as bigint) as unpriced
    from prescriptions
    group by doctor, patient
) s on s.doctor = c.doctor and s.patient = c.patient
