-- in: usable_doctors, professional_keys; :open_end
-- out: doctor, birth_day, specialty, sector, department, zone, installed_day, first_installation, active_to_day: one row per
--      doctor
select
    k.professional as doctor,
    cast(d.birth_date - date '1970-01-01' as integer) as birth_day,
    d.specialty, d.sector, d.department, d.zone,
    cast(d.installed_on - date '1970-01-01' as integer) as installed_day,
    d.first_installation,
    cast(coalesce(d.active_to - date '1970-01-01', :open_end) as integer) as active_to_day
from usable_doctors d
join professional_keys k on k.professional_id = d.doctor_id
order by k.professional
