-- in: cohort, doctors, professional_keys
-- out: doctor_id, zone, birth_day, installed_day, first_installation: one row per doctor with a list, what the supplements
--      depend on
select p.professional_id as doctor_id, d.zone, d.birth_day, d.installed_day,
    coalesce(d.first_installation, false) as first_installation
from (select distinct doctor from cohort) k
join professional_keys p on p.professional = k.doctor
left join doctors d on d.doctor = k.doctor
order by p.professional_id
