-- in: judged (patient_id, doctor_id, indicator, validated 0 or 1; one row per patient concerned), cohort, patient_keys,
--     professional_keys, weights (doctor_id, weight)
-- out: age, ald, c2s, seen, indicator, eligible, validated: per profile of the list paid and indicator, the patients
--      concerned and those validated, each doctor counted `weight` times; who joined the list after the list day has no
--      profile and is left out
select k.age, k.ald, k.c2s, k.seen, j.indicator,
    cast(sum(w.weight) as bigint) as eligible, cast(sum(w.weight * j.validated) as bigint) as validated
from judged j
join patient_keys p on p.patient_id = j.patient_id
join professional_keys d on d.professional_id = j.doctor_id
join cohort k on k.patient = p.patient and k.doctor = d.professional
join weights w on w.doctor_id = j.doctor_id
group by k.age, k.ald, k.c2s, k.seen, j.indicator
order by 1, 2, 3, 4, 5
