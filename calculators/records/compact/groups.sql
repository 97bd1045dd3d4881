-- in: usable_groups, professional_keys; :open_end
-- out: group_id, doctor, role, from_day, to_day: one row per member and period
select g.group_id, k.professional as doctor, g.role,
    cast(g.from_date - date '1970-01-01' as integer) as from_day,
    cast(coalesce(g.to_date - date '1970-01-01', :open_end) as integer) as to_day
from usable_groups g
join professional_keys k on k.professional_id = g.doctor_id
order by k.professional, g.group_id
