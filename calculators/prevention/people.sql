-- in: cohort, births (ages of each birth day on the days an age may be taken), rights_on_day
-- out: patient, birth_day, sex, age_0 (on the day judged), age_1 (on 1 January), age_2 (on 31 December), c2s (1, 0, or null:
--      not recorded), ald_told, c2s_told (1: he has no right but those recorded): one row per patient of the cohort, whatever his number of doctors
select c.patient, c.birth_day, c.sex, b.age_0, b.age_1, b.age_2, r.c2s, r.ald_told, r.c2s_told
from (select distinct patient, birth_day, sex from cohort) c
join births b on b.birth_day = c.birth_day
join rights_on_day r on r.patient = c.patient
