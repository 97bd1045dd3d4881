-- in: deliveries, cohort, tracked (drug); :first, :last
-- out: doctor, patient, drug, cents, boxes, unpriced (lines without an amount): the doctor's tracked prescriptions to his
--      faithful patients. Every line is summed, reversals included.
select c.doctor, c.patient, d.drug,
    cast(sum(coalesce(d.base_cents, 0)) as bigint) as cents,
    cast(sum(d.boxes) as bigint) as boxes,
    cast(sum(case when d.base_cents is null then 1 else 0 end) as bigint) as unpriced
from deliveries d
join cohort c on c.patient = d.patient and c.doctor = d.prescriber
semi join tracked t on t.drug = d.drug
where d.day >= :first and d.day <= :last
group by c.doctor, c.patient, d.drug
