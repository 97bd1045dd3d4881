-- in: doctors, professional_keys, specialties (specialty), scope, listed_doctors (of all parts: doctor_id, seen),
--     prescribed (of all parts: doctor_id, atc); :first, :last, :seen_over
-- out: doctor_id, department, seen (faithful patients seen): the doctors of the reference
select k.professional_id as doctor_id, d.department, v.seen
from doctors d
semi join specialties s on s.specialty = d.specialty
join professional_keys k on k.professional = d.doctor
join (
    select doctor_id, cast(sum(seen) as bigint) as seen
    from listed_doctors
    group by doctor_id
    having sum(seen) > :seen_over
) v on v.doctor_id = k.professional_id
semi join (
    select p.doctor_id from prescribed p join scope t on t.atc = p.atc where t.tracked
) chosen on chosen.doctor_id = k.professional_id
where d.active_to_day >= :last and (d.installed_day is null or d.installed_day < :first)
