-- in: usable_ald, patient_keys; :open_end
-- out: patient, ald (its number), from_day, to_day: one row per period of ALD
select
    p.patient, cast(a.ald as integer) as ald,
    cast(a.from_date - date '1970-01-01' as integer) as from_day,
    cast(coalesce(a.to_date - date '1970-01-01', :open_end) as integer) as to_day
from usable_ald a
join patient_keys p on p.patient_id = a.patient_id
order by p.patient
