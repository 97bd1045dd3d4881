-- in: stays, patient_keys; :patient (id), :as_of
-- out: entry_day, exit_day (a last day far ahead: still there, or not known), kind (mco, ssr, psy, had, urgence, null: unknown),
--      ghm: the stays of a patient that began up to that day, the latest first
select s.entry_day, s.exit_day, s.kind, s.ghm
from stays s
join patient_keys p on p.patient = s.patient
where p.patient_id = :patient and s.entry_day <= :as_of
order by s.entry_day desc, s.exit_day desc, s.kind, s.ghm
