-- in: listed, acts_done, named_acts (act, name); :last_day
-- out: patient, name, day: what of the acts named was done up to a day, by anybody, for the patients of the lists
select distinct a.patient, n.name, a.day
from acts_done a
join named_acts n on n.act = a.act
semi join listed l on l.patient = a.patient
where a.day <= :last_day
