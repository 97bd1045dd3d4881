-- in: prescriptions, cohort
-- out: doctor, patient, stratum, cents, boxes, unpriced: what the doctor's tracked prescriptions cost, zero for a patient
--      without. A right that is not recorded counts as absent: who does not accept that asks unknown_rights.
select c.doctor, c.patient,
    ((c.age_class * 2 + c.sex) * 2 + coalesce(c.ald, 0)) * 2 + coalesce(c.c2s, 0) as stratum,
    coalesce(s.cents, 0) as cents, coalesce(s.boxes, 0) as boxes, coalesce(s.unpriced, 0) as unpriced
from cohort c
left join (
    select doctor, patient, cast(sum(cents) as bigint) as cents, cast(sum(boxes) as bigint) as boxes,
        cast(sum(unpriced) as bigint) as unpriced
    from prescriptions
    group by doctor, patient
) s on s.doctor = c.doctor and s.patient = c.patient
