-- in: validated (patient_id, doctor_id, indicator), cohort, patient_keys, professional_keys
-- out: doctor_id, indicator, patients, unseen (among them, those known as not seen on the list day): validated indicators
--      per doctor
select v.doctor_id, v.indicator, cast(count(*) as bigint) as patients,
    cast(sum(case when k.seen = 0 then 1 else 0 end) as bigint) as unseen
from (select distinct doctor_id, patient_id, indicator from validated) v
left join patient_keys p on p.patient_id = v.patient_id
left join professional_keys d on d.professional_id = v.doctor_id
left join cohort k on k.patient = p.patient and k.doctor = d.professional
group by v.doctor_id, v.indicator
order by v.doctor_id, v.indicator
