-- in: listed, measures, measure_ages, measured
-- out: measure, doctor, patient, stratum, denominator, numerator, earlier, lines, unpriced: what every patient of the denominator
--      adds
select s.measure, s.doctor, s.patient, s.stratum, cast(sum(s.denominator) as bigint) as denominator,
    cast(sum(s.numerator) as bigint) as numerator, cast(sum(s.earlier) as bigint) as earlier,
    cast(sum(s.lines) as bigint) as lines, cast(sum(s.unpriced) as bigint) as unpriced
from (
    select m.measure, l.doctor, l.patient,
        ((a.age_class * 2 + m.by_sex * l.sex) * 2 + m.by_ald * coalesce(l.ald, 0)) * 2 + m.by_c2s * coalesce(l.c2s, 0) as stratum,
        1 as denominator, 0 as numerator, 0 as earlier, 0 as lines, 0 as unpriced
    from listed l
    join measure_ages a on a.age = l.age
    join measures m on m.measure = a.measure and m.year = l.year
    where m.by_patient = 1
        and (m.sex < 0 or m.sex = l.sex) and (m.ald < 0 or m.ald = l.ald) and (m.c2s < 0 or m.c2s = l.c2s)
        and (m.seen = 0 or l.seen = 1)
        and (m.deliveries = 0 or l.deliveries_from <= m.deliveries_from)
        and (m.acts = 0 or l.acts_from <= m.acts_from)
    union all
    select measure, doctor, patient, stratum, denominator, numerator, earlier, lines, unpriced from measured
) s
group by s.measure, s.doctor, s.patient, s.stratum
