-- in: deliveries, cohort (of one doctor), tracked (drug), drug_keys, patient_keys; days :first, :last
-- out: patient_id, atc, cents, boxes: the doctor's tracked prescriptions to his faithful patients
select p.patient_id, k.atc, n.cents, n.boxes
from (
    select c.patient, d.drug,
        cast(sum(coalesce(d.base_cents, 0)) as bigint) as cents, cast(sum(d.boxes) as bigint) as boxes
    from deliveries d
    join cohort c on c.patient = d.patient and c.doctor = d.prescriber
    semi join tracked t on t.drug = d.drug
    where d.day >= :first and d.day <= :last
    group by c.patient, d.drug
) n
join drug_keys k on k.drug = n.drug
join patient_keys p on p.patient = n.patient
