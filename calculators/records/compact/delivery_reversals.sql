-- in: usable_deliveries
-- out: patient_id, date: the days on which something delivered to a patient was taken back
select patient_id, date from usable_deliveries where boxes <= 0 group by patient_id, date
