-- in: delivery_lines (patient_id is a node), nodes, ages, known_drugs
-- out: line, patient_id, base_cents, prescriber_id, prescriber_specialty (all three filled from the other documents): the
--      lines of deliveries that are kept, of one document for each patient, day and CIP13, or ATC class where one of two
--      documents lacks the CIP13
with of_patients as (
    select l.line, p.patient_id, a.age, l.date, l.cip13,
        case when length(coalesce(d.atc, '')) > length(coalesce(l.atc, '')) then d.atc else l.atc end as atc,
        l.boxes, l.base_cents, l.prescriber_id, l.prescriber_specialty
    from delivery_lines l
    join nodes p on p.node = l.patient_id
    join ages a on a.source_id = l.source_id
    left join known_drugs d on d.cip13 = l.cip13
),
keyed as (
    select line, patient_id, age, date, boxes, base_cents, prescriber_id, prescriber_specialty,
        case
            when cip13 is null then 'atc ' || coalesce(atc, '')
            when atc is not null and max(case when cip13 is null then 1 else 0 end) over (
                partition by patient_id, date, atc
            ) = 1 then 'atc ' || atc
            else 'cip13 ' || cip13
        end as product
    from of_patients
),
documents as (
    select patient_id, date, product, age, sum(boxes) as net, sum(base_cents) as base_cents,
        max(case when boxes <= 0 then 1 else 0 end) as reversal,
        max(prescriber_id) as prescriber_id, max(prescriber_specialty) as prescriber_specialty
    from keyed
    group by patient_id, date, product, age
),
ranked as (
    select patient_id, date, product, age, prescriber_id, prescriber_specialty,
        case when net > 0 and base_cents is not null then base_cents / net end as box_cents,
        row_number() over (
            partition by patient_id, date, product
            order by reversal desc, case when reversal = 1 then 0 else net end desc, age desc
        ) as place
    from documents
),
winners as (
    select patient_id, date, product, arg_min(age, place) as age,
        arg_min(box_cents, place) filter (where box_cents is not null) as box_cents,
        arg_min(prescriber_id, place) filter (where prescriber_id is not null) as prescriber_id,
        arg_min(prescriber_specialty, place) filter (where prescriber_specialty is not null) as prescriber_specialty
    from ranked
    group by patient_id, date, product
)
select o.line, o.patient_id,
    coalesce(o.base_cents, cast(round(w.box_cents * o.boxes) as integer)) as base_cents,
    coalesce(o.prescriber_id, w.prescriber_id) as prescriber_id,
    coalesce(o.prescriber_specialty, w.prescriber_specialty) as prescriber_specialty
from keyed o
join winners w
    on w.patient_id = o.patient_id and w.date is not distinct from o.date and w.product = o.product and w.age = o.age
order by o.patient_id, o.date, o.product, o.line
