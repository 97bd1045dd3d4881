-- in: spend (of one doctor), patient_keys
-- out: patient_id, stratum, cents, boxes: one row per faithful patient
select p.patient_id, s.stratum, s.cents, s.boxes
from spend s
join patient_keys p on p.patient = s.patient
