-- in: cohort_before, cohort
-- out: doctor, patients: faithful patients of each doctor who were left out, their deliveries not being known all along
select b.doctor, cast(count(*) as bigint) as patients
from cohort_before b
anti join cohort c on c.doctor = b.doctor and c.patient = b.patient
group by b.doctor
