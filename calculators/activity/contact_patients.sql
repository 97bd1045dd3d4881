-- in: contacts, patient_keys; :doctor (id)
-- out: kind, patient_id: for whom a doctor did something of each kind
select distinct c.kind, k.patient_id
from contacts c
join patient_keys k on k.patient = c.patient
where c.doctor_id = :doctor
order by c.kind, k.patient_id
