-- in: prescriptions (of one doctor), drug_keys, patient_keys
-- out: patient_id, atc, cents, boxes: the doctor's tracked prescriptions to his faithful patients
select p.patient_id, k.atc, n.cents, n.boxes
from prescriptions n
join drug_keys k on k.drug = n.drug
join patient_keys p on p.patient = n.patient
