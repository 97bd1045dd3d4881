-- in: act_lines (patient and age: numbers of the patient and of the document, the newest has the greatest)
-- out: line, patient, performer_id, performer_specialty (both filled from the other documents): the lines of acts that are
--      kept, of one document for each patient, day, system and code
with of_patients as (
    select line, patient, age, date, system, code, quantity, performer_id, performer_specialty
    from act_lines
    where patient is not null and age is not null
),
shared as (
    select patient from of_patients group by patient having min(age) < max(age)
),
documents as (
    select o.patient, o.date, o.system, o.code, o.age, sum(o.quantity) as net,
        max(case when o.quantity <= 0 then 1 else 0 end) as reversal,
        max(o.performer_id) as performer_id, max(o.performer_specialty) as performer_specialty
    from of_patients o
    join shared s on s.patient = o.patient
    group by o.patient, o.date, o.system, o.code, o.age
),
ranked as (
    select patient, date, system, code, age, performer_id, performer_specialty,
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
            as performer_specialty
    from ranked
    group by patient, date, system, code
)
select line, patient, performer_id, performer_specialty
from (
    select o.line, o.patient, o.date, o.system, o.code,
        coalesce(o.performer_id, w.performer_id) as performer_id,
        coalesce(o.performer_specialty, w.performer_specialty) as performer_specialty
    from of_patients o
    join winners w
        on w.patient = o.patient and w.date is not distinct from o.date and w.system is not distinct from o.system
        and w.code is not distinct from o.code and w.age = o.age
    union all
    select o.line, o.patient, o.date, o.system, o.code, o.performer_id, o.performer_specialty
    from of_patients o
    left join shared s on s.patient = o.patient
    where s.patient is null
) kept
order by patient, date, system, code, line
