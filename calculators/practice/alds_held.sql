-- in: listed, ald_on_day
-- out: doctor, patient, ald: each ALD active that day of the patients of the lists, once
select distinct l.doctor, l.patient, a.ald
from listed l
join ald_on_day a on a.patient = l.patient
