-- in: delivery_lines (patient and age: numbers of the patient and of the document, the newest has the greatest), known_drugs
-- out: line, patient, base_cents, prescriber_id, prescriber_specialty, prescribed_on, exo (all filled from the other
--      documents): the lines of deliveries that are kept, of one document for each patient, day and CIP13, or ATC class where one of two documents
--      lacks the CIP13
with of_patients as (
    select line, patient, age, date, cip13, atc, boxes, base_cents, prescriber_id, prescriber_specialty,
        prescribed_on, exo
    from delivery_lines
    where patient is not null and age is not null
),
shared as (
    select patient from of_patients group by patient having min(age) < max(age)
),
classed as (
    select o.line, o.patient, o.age, o.date, o.cip13, o.boxes, o.base_cents, o.prescriber_id, o.prescriber_specialty,
        o.prescribed_on, o.exo,
        case when length(coalesce(d.atc, '')) > length(coalesce(o.atc, '')) then d.atc else o.atc end as atc
    from of_patients o
    join shared s on s.patient = o.patient
    left join known_drugs d on d.cip13 = o.cip13
),
keyed as (
    select line, patient, age, date, boxes, base_cents, prescriber_id, prescriber_specialty, prescribed_on, exo,
        case
            when cip13 is null then 'atc ' || coalesce(atc, '')
            when atc is not null and max(case when cip13 is null then 1 else 0 end) over (
                partition by patient, date, atc
            ) = 1 then 'atc ' || atc
            else 'cip13 ' || cip13
        end as product
    from classed
),
documents as (
    select patient, date, product, age, sum(boxes) as net, sum(base_cents) as base_cents,
        max(case when boxes <= 0 then 1 else 0 end) as reversal,
        max(prescriber_id) as prescriber_id, max(prescriber_specialty) as prescriber_specialty,
        max(prescribed_on) as prescribed_on, max(exo) as exo
    from keyed
    group by patient, date, product, age
),
ranked as (
    select patient, date, product, age, prescriber_id, prescriber_specialty, prescribed_on, exo,
        case when net > 0 and base_cents is not null then base_cents / net end as box_cents,
        row_number() over (
            partition by patient, date, product
            order by reversal desc, case when reversal = 1 then 0 else net end desc, age desc
        ) as place
    from documents
),
winners as (
    select patient, date, product, arg_min(age, place) as age,
        arg_min(box_cents, place) filter (where box_cents is not null and place > 1) as box_cents,
        arg_min(prescriber_id, place) filter (where prescriber_id is not null and place > 1) as prescriber_id,
        arg_min(prescriber_specialty, place) filter (where prescriber_specialty is not null and place > 1)
            as prescriber_specialty,
        arg_min(prescribed_on, place) filter (where prescribed_on is not null and place > 1) as prescribed_on,
        arg_min(exo, place) filter (where exo is not null and place > 1) as exo
    from ranked
    group by patient, date, product
)
select line, patient, base_cents, prescriber_id, prescriber_specialty, prescribed_on, exo
from (
    select o.line, o.patient, o.date, o.product,
        coalesce(o.base_cents, cast(round(w.box_cents * o.boxes) as integer)) as base_cents,
        coalesce(o.prescriber_id, w.prescriber_id) as prescriber_id,
        coalesce(o.prescriber_specialty, w.prescriber_specialty) as prescriber_specialty,
        coalesce(o.prescribed_on, w.prescribed_on) as prescribed_on,
        coalesce(o.exo, w.exo) as exo
    from keyed o
    join winners w
        on w.patient = o.patient and w.date is not distinct from o.date and w.product = o.product and w.age = o.age
    union all
    select o.line, o.patient, o.date,
        case when o.cip13 is null then 'atc ' || coalesce(o.atc, '') else 'cip13 ' || o.cip13 end as product,
        o.base_cents, o.prescriber_id, o.prescriber_specialty, o.prescribed_on, o.exo
    from of_patients o
    left join shared s on s.patient = o.patient
    where s.patient is null
) kept
order by patient, date, product, line
