-- in: lines, persons, professionals, classes (cip13, atc)
-- out: the canonical deliveries of one part, and the department of the patient
select
    d.department, d.patient_id, l.day as date, l.code as cip13, c.atc,
    cast(l.quantity as smallint) as boxes,
    try_cast(l.base as integer) as base_cents,
    coalesce(w.person_number, l.prescriber) as prescriber_id,
    {prescriber_specialty} as prescriber_specialty,
    l.prescribed as prescribed_on,
    try_cast(l.exo as smallint) as exo
from lines l
join persons d on d.person = l.person
left join classes c on c.cip13 = l.code
left join professionals w on w.number = l.prescriber
where l.aside is null and l.kind = 'pha'
