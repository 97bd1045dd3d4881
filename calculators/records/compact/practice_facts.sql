-- in: usable_practice_facts, professional_keys; :open_end
-- out: doctor, key, value, from_day, to_day: one row per thing said of a doctor and period; of doctors who have a list, a
--      row of their own, or are named by a line of care
select k.professional as doctor, f.key, f.value,
    cast(f.from_date - date '1970-01-01' as integer) as from_day,
    cast(coalesce(f.to_date - date '1970-01-01', :open_end) as integer) as to_day
from usable_practice_facts f
join professional_keys k on k.professional_id = f.doctor_id
order by k.professional, f.key, f.from_date
