-- in: usable_stays, patient_keys; :open_end
-- out: patient, entry_day, exit_day (open_end: not told), kind (mco, ssr, psy, had, urgence, null: unknown), ghm: one row per stay
select p.patient,
    cast(s.entry - date '1970-01-01' as integer) as entry_day,
    cast(coalesce(s.exit - date '1970-01-01', :open_end) as integer) as exit_day,
    s.kind, s.ghm
from usable_stays s
join patient_keys p on p.patient_id = s.patient_id
order by p.patient, entry_day
