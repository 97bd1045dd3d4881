-- in: listed, rights_on_day
-- out: doctor, patient, ald, c2s (1, 0, or null: not recorded): the lists with the rights of that day
select l.doctor, l.patient, g.ald, g.c2s
from listed l
join rights_on_day g on g.patient = l.patient
