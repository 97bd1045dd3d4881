-- in: usable_places, professional_keys
-- out: doctor, commune, department, zone_gp, zone_specialist, qpv: one row per place of practice
select k.professional as doctor, p.commune, p.department, p.zone_gp, p.zone_specialist, p.qpv
from usable_places p
join professional_keys k on k.professional_id = p.doctor_id
order by k.professional
