-- in: deliveries, cohort, tracked (drug); :first, :last
-- out: doctor, patient, drug, day, cents, boxes, unpriced (0 or 1): the doctor's tracked prescriptions to his faithful
--      patients, line by line, reversals included
select c.doctor, c.patient, d.drug, d.day, coalesce(d.base_cents, 0) as cents, d.boxes,
    case when d.base_cents is null then 1 else 0 end as unpriced
from deliveries d
join cohort c on c.patient = d.patient and c.doctor = d.prescriber
semi join tracked t on t.drug = d.drug
where d.day >= :first and d.day <= :last
