-- in: usable_doctors, usable_registrations, usable_acts, usable_deliveries, usable_sick_leaves
-- out: professional (dense key), professional_id: one row per doctor, performer or prescriber
select cast(row_number() over (order by professional_id) - 1 as integer) as professional, professional_id
from (
    select doctor_id as professional_id from usable_doctors
    union select doctor_id from usable_registrations
    union select performer_id from usable_acts where performer_id is not null
    union select prescriber_id from usable_acts where prescriber_id is not null
    union select prescriber_id from usable_deliveries where prescriber_id is not null
    union select prescriber_id from usable_sick_leaves where prescriber_id is not null
) every
