-- in: avoid_lines, avoid_rules (rule, recent_from, beyond_days), avoid_list, patient_keys, professional_keys
-- out: doctor_id, patient_id, rule, first_day, last_day: what is not to be done again; of treatments, those still going on
select w.professional_id as doctor_id, k.patient_id, f.rule, f.first_day, f.last_day
from (
    select rule, patient, min(day) as first_day, max(day) as last_day from avoid_lines group by rule, patient
) f
join avoid_rules r on r.rule = f.rule
join avoid_list l on l.patient = f.patient
join patient_keys k on k.patient = f.patient
join professional_keys w on w.professional = l.doctor
where f.last_day >= r.recent_from and (r.beyond_days < 0 or f.last_day - f.first_day > r.beyond_days)
