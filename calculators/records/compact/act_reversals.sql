-- in: usable_acts
-- out: patient_id, date: the days on which an act of a patient was taken back
select patient_id, date from usable_acts where quantity <= 0 group by patient_id, date
