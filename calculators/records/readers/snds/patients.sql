-- in: persons
-- out: the canonical patients, and their department
select department, patient_id, born as birth_date, sex, died as died_on from persons
