-- in: roster, ald_on_day
-- out: patient_id, ald (number): each ALD active that day of the patients of the roster, once
select distinct r.patient_id, a.ald
from roster r
join ald_on_day a on a.patient = r.patient
order by patient_id, ald
