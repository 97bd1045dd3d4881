-- in: cohort, births (age of each birth day on the reference date), c2s; parameter as_of
-- out: one row per patient of the cohort, whatever his number of doctors; helped: 1 when C2S is recorded on that day
select c.patient, c.birth_day, c.sex, b.age, case when r.patient is null then 0 else 1 end as helped
from (select distinct patient, birth_day, sex from cohort) c
join births b on b.birth_day = c.birth_day
left join (
    select distinct patient from c2s where from_day <= :as_of and :as_of <= to_day
) r on r.patient = c.patient
