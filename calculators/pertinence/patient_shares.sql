-- in: listed, measures, measure_ages, measured
-- out: measure, doctor, patient, denominator, numerator, earlier: what every patient of the denominator adds
select s.measure, s.doctor, s.patient, cast(sum(s.denominator) as bigint) as denominator,
    cast(sum(s.numerator) as bigint) as numerator, cast(sum(s.earlier) as bigint) as earlier
from (
    select m.measure, l.doctor, l.patient, 1 as denominator, 0 as numerator, 0 as earlier
    from listed l
    join measure_ages a on a.age = l.age
    join measures m on m.measure = a.measure and m.year = l.year
    where m.by_patient = 1
        and (m.sex < 0 or m.sex = l.sex) and (m.ald < 0 or m.ald = l.ald) and (m.c2s < 0 or m.c2s = l.c2s)
        and (m.seen = 0 or l.seen = 1) and (m.before = 0 or l.before = 1)
        and (m.deliveries = 0 or l.deliveries_from <= m.deliveries_from)
        and (m.acts = 0 or l.acts_from <= m.acts_from)
    union all
    select measure, doctor, patient, denominator, numerator, earlier from measured
) s
group by s.measure, s.doctor, s.patient
