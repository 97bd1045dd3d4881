-- in: usable_registrations, patient_keys, professional_keys; :open_end
-- out: patient, doctor, from_day, to_day: one row per registration
select
    p.patient, d.professional as doctor,
    cast(r.from_date - date '1970-01-01' as integer) as from_day,
    cast(coalesce(r.to_date - date '1970-01-01', :open_end) as integer) as to_day
from usable_registrations r
join patient_keys p on p.patient_id = r.patient_id
join professional_keys d on d.professional_id = r.doctor_id
order by d.professional, p.patient
