-- in: lines, persons, professionals
-- out: the canonical acts of one part, and the department of the patient
select
    d.department, d.patient_id, l.day as date,
    case l.kind when 'bio' then 'nabm' when 'cam' then 'ccam' when 'tip' then 'lpp' else 'prs_nat' end as system,
    case l.kind
        when 'bio' then case when length(l.code) < 4 then lpad(l.code, 4, '0') else l.code end
        when 'tip' then case when length(l.code) < 7 then lpad(l.code, 7, '0') else l.code end
        when 'cam' then upper(l.code)
        else cast(l.nature as varchar)
    end as code,
    cast(l.quantity as smallint) as quantity,
    coalesce(e.person_number, l.performer) as performer_id,
    {performer_specialty} as performer_specialty,
    coalesce(w.person_number, l.prescriber) as prescriber_id,
    {prescriber_specialty} as prescriber_specialty,
    l.prescribed as prescribed_on,
    try_cast(l.base as integer) as base_cents,
    try_cast(l.paid as integer) as paid_cents,
    try_cast(l.exo as smallint) as exo,
    cast(l.invoice as varchar) as session
from lines l
join persons d on d.person = l.person
left join professionals e on e.number = l.performer
left join professionals w on w.number = l.prescriber
where l.aside is null and l.kind <> 'pha'
