-- in: cohort, professional_keys
-- out: doctor_id, age, ald, c2s, seen (whether he had a contact within the window), patients: numbers of patients; a null
--      right, or contact, is one that the record does not say
select d.professional_id as doctor_id, k.age, k.ald, k.c2s, k.seen, cast(count(*) as bigint) as patients
from cohort k
join professional_keys d on d.professional = k.doctor
group by d.professional_id, k.age, k.ald, k.c2s, k.seen
order by 1, 2, 3, 4, 5
