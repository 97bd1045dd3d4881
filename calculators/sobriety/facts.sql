-- in: asked, professional_keys, doctors, seen, unknown_rights, cells
-- out: doctor_id, doctor, installed_day, seen, unknown_ald, unknown_c2s (patients), unpriced (lines): one row per doctor
--      asked for, what decides whether he has a ratio and a verdict
select k.professional_id as doctor_id, a.doctor, d.installed_day,
    coalesce(s.seen, 0) as seen, coalesce(u.unknown_ald, 0) as unknown_ald,
    coalesce(u.unknown_c2s, 0) as unknown_c2s, coalesce(c.unpriced, 0) as unpriced
from asked a
join professional_keys k on k.professional = a.doctor
left join doctors d on d.doctor = a.doctor
left join (select doctor, cast(count(*) as bigint) as seen from seen group by doctor) s on s.doctor = a.doctor
left join unknown_rights u on u.doctor = a.doctor
left join (select doctor, cast(sum(unpriced) as bigint) as unpriced from cells group by doctor) c
    on c.doctor = a.doctor
