-- in: usable_c2s, patient_keys; :open_end
-- out: patient, from_day, to_day: one row per period of C2S
select
    p.patient,
    cast(c.from_date - date '1970-01-01' as integer) as from_day,
    cast(coalesce(c.to_date - date '1970-01-01', :open_end) as integer) as to_day
from usable_c2s c
join patient_keys p on p.patient_id = c.patient_id
order by p.patient
