-- in: usable_patients, patient_keys; :open_end
-- out: patient, birth_day, sex (null: unknown, or other than F and M), died_day, ald_known, c2s_known (1, 0, or null: as dataset.toml says): one row
--      per patient
select
    k.patient,
    cast(p.birth_date - date '1970-01-01' as integer) as birth_day,
    case when p.sex in ('F', 'M') then p.sex end as sex,
    cast(coalesce(p.died_on - date '1970-01-01', :open_end) as integer) as died_day,
    cast(p.ald_known as integer) as ald_known,
    cast(p.c2s_known as integer) as c2s_known
from usable_patients p
join patient_keys k on k.patient_id = p.patient_id
order by k.patient
