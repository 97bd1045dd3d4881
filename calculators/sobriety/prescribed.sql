-- in: deliveries_kept, cohort, drug_keys, professional_keys; :first
-- out: doctor_id, atc: what each doctor prescribed in the year to at least one of his faithful patients
select k.professional_id as doctor_id, d.atc
from (
    select c.doctor, o.drug
    from deliveries_kept o
    join cohort c on c.patient = o.patient and c.doctor = o.prescriber
    where o.day >= :first
    group by c.doctor, o.drug
) n
join drug_keys d on d.drug = n.drug
join professional_keys k on k.professional = n.doctor
