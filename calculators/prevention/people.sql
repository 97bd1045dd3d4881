-- in: cohort, births (age of each birth day on the reference date)
-- out: one row per patient of the cohort, whatever his number of doctors
select c.patient, c.birth_day, c.sex, b.age
from (select distinct patient, birth_day, sex from cohort) c
join births b on b.birth_day = c.birth_day
