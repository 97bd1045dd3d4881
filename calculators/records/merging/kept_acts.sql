-- in: act_lines (patient_id is a node), nodes, ages
-- out: line, patient_id, performer_id, performer_specialty (both filled from the other documents): the lines of acts that are
--      kept, of one document for each patient, day, system and code
with of_patients as (
    select l.line, p.patient_id, a.age, l.date, l.system, l.code, l.quantity, l.performer_id, l.performer_specialty
    from act_lines l
    join nodes p on p.node = l.patient_id
    join ages a on a.source_id = l.source_id
),
documents as (
    select patient_id, date, system, code, age, sum(quantity) as net,
        max(case when quantity <= 0 then 1 else 0 end) as reversal,
        max(performer_id) as performer_id, max(performer_specialty) as performer_specialty
    from of_patients
    group by patient_id, date, system, code, age
),
ranked as (
    select patient_id, date, system, code, age, performer_id, performer_specialty,
        row_number() over (
            partition by patient_id, date, system, code
            order by reversal desc, case when reversal = 1 then 0 else net end desc, age desc
        ) as place
    from documents
),
winners as (
    select patient_id, date, system, code, arg_min(age, place) as age,
        arg_min(performer_id, place) filter (where performer_id is not null) as performer_id,
        arg_min(performer_specialty, place) filter (where performer_specialty is not null) as performer_specialty
    from ranked
    group by patient_id, date, system, code
)
select o.line, o.patient_id,
    coalesce(o.performer_id, w.performer_id) as performer_id,
    coalesce(o.performer_specialty, w.performer_specialty) as performer_specialty
from of_patients o
join winners w
    on w.patient_id = o.patient_id and w.date is not distinct from o.date and w.system is not distinct from o.system
    and w.code is not distinct from o.code and w.age = o.age
order by o.patient_id, o.date, o.system, o.code, o.line
