-- in: registrations, patients, patient_keys, rights_on_day; :as_of
-- out: patient_id, birth_day, sex, ald, c2s (1, 0, or null: not recorded): one row per patient alive who is on a list that
--      day, whatever his number of doctors
select k.patient_id, p.birth_day, p.sex, g.ald, g.c2s
from (select distinct patient from registrations where from_day <= :as_of and :as_of <= to_day) r
join patients p on p.patient = r.patient
join patient_keys k on k.patient = r.patient
join rights_on_day g on g.patient = r.patient
where p.died_day > :as_of
