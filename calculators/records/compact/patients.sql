-- in: usable_patients, patient_keys
-- out: one row per patient; a sex other than F or M is unknown
select
    k.patient,
    cast(p.birth_date - date '1970-01-01' as integer) as birth_day,
    case when p.sex in ('F', 'M') then p.sex end as sex,
    cast(coalesce(p.died_on - date '1970-01-01', :open_end) as integer) as died_day
from usable_patients p
join patient_keys k on k.patient_id = p.patient_id
order by k.patient
