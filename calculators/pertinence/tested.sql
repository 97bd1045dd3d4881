-- in: listed, measures, tests_met
-- out: measure, doctor, patient: patients of whom one of the tests asked for holds, and none of those that bar
select m.measure, l.doctor, l.patient
from measures m
join (
    select measure, patient, sum(wanted) as held, sum(1 - wanted) as barred from tests_met group by measure, patient
) t on t.measure = m.measure
join listed l on l.patient = t.patient and l.year = m.year
where m.tested = 1 and t.barred = 0 and t.held > 0
