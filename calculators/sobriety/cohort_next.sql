-- in: cohort_before, coverage; :covered_from_day, :last
-- out: doctor, patient, age_class, sex, ald, c2s: as before, without those whose deliveries are not known on every day
select c.doctor, c.patient, c.age_class, c.sex, c.ald, c.c2s
from cohort_before c
semi join coverage v
    on v.patient = c.patient and v.care = 2 and v.from_day <= :covered_from_day and v.to_day >= :last
