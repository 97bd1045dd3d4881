-- in: ald_on_day, listed; :year
-- out: year, patient, ald: the ALD that those on the list hold on 31 December
select l.year, h.patient, h.ald
from ald_on_day h
join (select distinct year, patient from listed where year = :year) l on l.patient = h.patient
