-- in: usable_sick_leaves, patient_keys, professional_keys
-- out: patient, prescriber (null: unknown), from_day, to_day, kind (maladie, atmp, maternite), extension, part_time (1, 0, or
--      null: unknown): one row per leave prescribed
select p.patient, w.professional as prescriber,
    cast(l.from_date - date '1970-01-01' as integer) as from_day,
    cast(l.to_date - date '1970-01-01' as integer) as to_day,
    l.kind,
    cast(l.extension as integer) as extension,
    cast(l.part_time as integer) as part_time
from usable_sick_leaves l
join patient_keys p on p.patient_id = l.patient_id
left join professional_keys w on w.professional_id = l.prescriber_id
order by p.patient, from_day
