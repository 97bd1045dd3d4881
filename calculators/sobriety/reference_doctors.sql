-- in: kept_doctors, professional_keys, seen
-- out: doctor_id, department, seen (faithful patients seen), doctor: the doctors of the reference
select p.professional_id as doctor_id, k.department, v.seen, k.doctor
from kept_doctors k
join professional_keys p on p.professional = k.doctor
join (select doctor, cast(count(*) as bigint) as seen from seen group by doctor) v on v.doctor = k.doctor
