-- in: cohort, births (age of each birth day on the reference date), rights_on_day
-- out: patient, birth_day, sex, age, c2s (1, 0, or null: not recorded): one row per patient of the cohort, whatever his
--      number of doctors
select c.patient, c.birth_day, c.sex, b.age, r.c2s
from (select distinct patient, birth_day, sex from cohort) c
join births b on b.birth_day = c.birth_day
join rights_on_day r on r.patient = c.patient
