-- in: unknown_rights (one row per doctor with faithful patients), seen, professional_keys
-- out: doctor_id, seen, unknown_ald, unknown_c2s: numbers of faithful patients in this part
select k.professional_id as doctor_id, coalesce(s.seen, 0) as seen, u.unknown_ald, u.unknown_c2s
from unknown_rights u
join professional_keys k on k.professional = u.doctor
left join (select doctor, cast(count(*) as bigint) as seen from seen group by doctor) s on s.doctor = u.doctor
