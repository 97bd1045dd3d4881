-- in: professional_keys, doctors, registrations
-- out: professional_id, doctor, installed_day, department: every doctor with a list or a row of his own
select k.professional_id, k.professional as doctor, d.installed_day, d.department
from professional_keys k
semi join (select doctor from doctors union all select doctor from registrations) listed on listed.doctor = k.professional
left join doctors d on d.doctor = k.professional
order by k.professional_id
