-- in: deliveries, cohort, tracked (drug); days :first, :last
-- out: doctor, patient, stratum, cents, boxes: what the doctor's tracked prescriptions cost, zero for a patient without.
--      Every line is summed, reversals included; unpriced = lines without an amount.
select c.doctor, c.patient, ((c.age_class * 2 + c.sex) * 2 + c.ald) * 2 + c.c2s as stratum,
    coalesce(s.cents, 0) as cents, coalesce(s.boxes, 0) as boxes, coalesce(s.unpriced, 0) as unpriced
from cohort c
left join (
    select c.doctor, c.patient,
        cast(sum(coalesce(d.base_cents, 0)) as bigint) as cents,
        cast(sum(d.boxes) as bigint) as boxes,
        cast(sum(case when d.base_cents is null then 1 else 0 end) as bigint) as unpriced
    from deliveries d
    join cohort c on c.patient = d.patient and c.doctor = d.prescriber
    semi join tracked t on t.drug = d.drug
    where d.day >= :first and d.day <= :last
    group by c.doctor, c.patient
) s on s.doctor = c.doctor and s.patient = c.patient
