-- in: roster, rights_on_day
-- out: patient_id, birth_day, sex, registered_day, last_seen_day, ald, c2s (1, 0, or null: not recorded): the roster with
--      the rights of that day
select r.patient_id, r.birth_day, r.sex, r.registered_day, r.last_seen_day, g.ald, g.c2s
from roster r
join rights_on_day g on g.patient = r.patient
order by r.patient_id
