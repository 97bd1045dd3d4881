-- in: practice_facts, professional_keys
-- out: doctor_id, key, value, from_day, to_day: what is said of each doctor, one row per thing and period
select k.professional_id as doctor_id, f.key, f.value, f.from_day, f.to_day
from practice_facts f
join professional_keys k on k.professional = f.doctor
order by 1, 2, 4
