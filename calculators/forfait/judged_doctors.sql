-- in: judged (patient_id, doctor_id, indicator, validated 0 or 1; one row per patient concerned), cohort, patient_keys,
--     professional_keys
-- out: doctor_id, indicator, eligible (patients concerned), patients (those validated), unseen (among these, those known as
--      not seen): one row per doctor and indicator
select j.doctor_id, j.indicator, cast(count(*) as bigint) as eligible,
    cast(sum(j.validated) as bigint) as patients,
    cast(sum(case when k.seen = 0 then j.validated else 0 end) as bigint) as unseen
from judged j
left join patient_keys p on p.patient_id = j.patient_id
left join professional_keys d on d.professional_id = j.doctor_id
left join cohort k on k.patient = p.patient and k.doctor = d.professional
group by j.doctor_id, j.indicator
order by j.doctor_id, j.indicator
