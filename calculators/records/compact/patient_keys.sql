-- in: usable_patients, usable_registrations
-- out: patient (dense key), patient_id: one row per patient, those of one doctor side by side
select
    cast(row_number() over (order by latest.doctor_id, p.patient_id) - 1 as integer) as patient,
    p.patient_id
from usable_patients p
left join (
    select patient_id, doctor_id from (
        select patient_id, doctor_id,
            row_number() over (partition by patient_id order by from_date desc, doctor_id) as newest
        from usable_registrations
    ) ranked
    where newest = 1
) latest on latest.patient_id = p.patient_id
