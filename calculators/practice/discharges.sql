-- in: listed, stays, stay_kinds (kind); :first_day, :last_day
-- out: patient, exit_day: stays of these kinds that ended between two days, both included, of the patients of the lists
select distinct s.patient, s.exit_day
from stays s
join stay_kinds k on k.kind = s.kind
semi join listed l on l.patient = s.patient
where s.exit_day between :first_day and :last_day
