-- in: cohort, patient_keys, professional_keys
-- out: patient, doctor, patient_id, doctor_id, place (in the order of the results): one row per (patient, doctor)
select c.patient, c.doctor, k.patient_id, w.professional_id as doctor_id,
    cast(row_number() over (order by w.professional_id, k.patient_id) - 1 as integer) as place
from cohort c
join patient_keys k on k.patient = c.patient
join professional_keys w on w.professional = c.doctor
