-- in: usable_acts, patient_keys, professional_keys, act_keys, act_reversals
-- out: patient, act, day, quantity, performer, performer_specialty, with_reversal (0 or 1: was an act of the patient taken
--      back that day?), prescriber, prescriber_specialty, prescribed_day, base_cents, paid_cents, exo, session: one row per act
--      line, sorted by patient, act, day
select
    p.patient, k.act,
    cast(a.date - date '1970-01-01' as integer) as day,
    cast(a.quantity as integer) as quantity,
    f.professional as performer,
    cast(try_cast(a.performer_specialty as smallint) as integer) as performer_specialty,
    cast(case when t.patient_id is null then 0 else 1 end as tinyint) as with_reversal,
    w.professional as prescriber,
    cast(try_cast(a.prescriber_specialty as smallint) as integer) as prescriber_specialty,
    cast(a.prescribed_on - date '1970-01-01' as integer) as prescribed_day,
    cast(a.base_cents as integer) as base_cents,
    cast(a.paid_cents as integer) as paid_cents,
    cast(a.exo as integer) as exo,
    a.session
from usable_acts a
join patient_keys p on p.patient_id = a.patient_id
join act_keys k on k.system = a.system and k.code = a.code
left join professional_keys f on f.professional_id = a.performer_id
left join professional_keys w on w.professional_id = a.prescriber_id
left join act_reversals t on t.patient_id = a.patient_id and t.date = a.date
order by p.patient, k.act, day
