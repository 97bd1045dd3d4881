-- in: professional_keys, doctors, registrations, places
-- out: doctor, doctor_id, department, sector, zone (of the table doctors), in_zip, in_zac, in_qpv (0 or 1; null: no place is
--      recorded), birth_day, installed_day, first_installation, active_to_day: one row per doctor with a list or a row of his
--      own, in the order of their keys
select k.professional as doctor, k.professional_id as doctor_id, d.department, d.sector, d.zone, p.in_zip, p.in_zac, p.in_qpv,
    d.birth_day, d.installed_day, coalesce(d.first_installation, false) as first_installation, d.active_to_day
from professional_keys k
semi join (select doctor from doctors union all select doctor from registrations) known on known.doctor = k.professional
left join doctors d on d.doctor = k.professional
left join (
    select doctor, max(case when zone_gp = 'zip' then 1 else 0 end) as in_zip,
        max(case when zone_gp = 'zac' then 1 else 0 end) as in_zac, max(case when qpv then 1 else 0 end) as in_qpv
    from places
    group by doctor
) p on p.doctor = k.professional
order by k.professional
