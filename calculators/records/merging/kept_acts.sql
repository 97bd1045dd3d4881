-- in: act_lines (patient and age: numbers of the patient and of the document, the newest has the greatest)
-- out: line, patient, performer_id, performer_specialty, prescriber_id, prescriber_specialty, prescribed_on, exo, base_cents,
--      paid_cents (all filled from the other documents): the lines of acts that are kept, of one document for each patient,
--      day, system and code
with of_patients as (
    select line, patient, age, date, system, code, quantity, performer_id, performer_specialty,
        prescriber_id, prescriber_specialty, prescribed_on, exo, base_cents, paid_cents
    from act_lines
    where patient is not null and age is not null
),
shared as (
    select patient from of_patients group by patient having min(age) < max(age)
),
documents as (
    select o.patient, o.date, o.system, o.code, o.age, sum(o.quantity) as net,
        max(case when o.quantity <= 0 then 1 else 0 end) as reversal,
        max(o.performer_id) as performer_id, max(o.performer_specialty) as performer_specialty,
        max(o.prescriber_id) as prescriber_id, max(o.prescriber_specialty) as prescriber_specialty,
        max(o.prescribed_on) as prescribed_on, max(o.exo) as exo,
        sum(o.base_cents) as base_cents, sum(o.paid_cents) as paid_cents
    from of_patients o
    join shared s on s.patient = o.patient
    group by o.patient, o.date, o.system, o.code, o.age
),
ranked as (
    select patient, date, system, code, age, performer_id, performer_specialty, prescriber_id, prescriber_specialty,
        prescribed_on, exo,
        case when net > 0 and base_cents is not null then base_cents / net end as unit_base,
        case when net > 0 and paid_cents is not null then paid_cents / net end as unit_paid,
        row_number() over (
            partition by patient, date, system, code
            order by reversal desc, case when reversal = 1 then 0 else net end desc, age desc
        ) as place
    from documents
),
winners as (
    select patient, date, system, code, arg_min(age, place) as age,
        arg_min(performer_id, place) filter (where performer_id is not null and place > 1) as performer_id,
        arg_min(performer_specialty, place) filter (where performer_specialty is not null and place > 1)
            as performer_specialty,
        arg_min(prescriber_id, place) filter (where prescriber_id is not null and place > 1) as prescriber_id,
        arg_min(prescriber_specialty, place) filter (where prescriber_specialty is not null and place > 1)
            as prescriber_specialty,
        arg_min(prescribed_on, place) filter (where prescribed_on is not null and place > 1) as prescribed_on,
        arg_min(exo, place) filter (where exo is not null and place > 1) as exo,
        arg_min(unit_base, place) filter (where unit_base is not null and place > 1) as unit_base,
        arg_min(unit_paid, place) filter (where unit_paid is not null and place > 1) as unit_paid
    from ranked
    group by patient, date, system, code
)
select line, patient, performer_id, performer_specialty, prescriber_id, prescriber_specialty, prescribed_on, exo, base_cents,
    paid_cents
from (
    select o.line, o.patient, o.date, o.system, o.code,
        coalesce(o.performer_id, w.performer_id) as performer_id,
        coalesce(o.performer_specialty, w.performer_specialty) as performer_specialty,
        coalesce(o.prescriber_id, w.prescriber_id) as prescriber_id,
        coalesce(o.prescriber_specialty, w.prescriber_specialty) as prescriber_specialty,
        coalesce(o.prescribed_on, w.prescribed_on) as prescribed_on,
        coalesce(o.exo, w.exo) as exo,
        coalesce(o.base_cents, cast(round(w.unit_base * o.quantity) as integer)) as base_cents,
        coalesce(o.paid_cents, cast(round(w.unit_paid * o.quantity) as integer)) as paid_cents
    from of_patients o
    join winners w
        on w.patient = o.patient and w.date is not distinct from o.date and w.system is not distinct from o.system
        and w.code is not distinct from o.code and w.age = o.age
    union all
    select o.line, o.patient, o.date, o.system, o.code, o.performer_id, o.performer_specialty, o.prescriber_id,
        o.prescriber_specialty, o.prescribed_on, o.exo, o.base_cents, o.paid_cents
    from of_patients o
    left join shared s on s.patient = o.patient
    where s.patient is null
) kept
order by patient, date, system, code, line
