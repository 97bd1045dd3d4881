-- in: patient_values, entries, tested, measures, listed, measure_ages (measure, age, age_class)
-- out: measure, doctor, patient, stratum, denominator (0: the patient himself), numerator, earlier, lines, unpriced: what
--      each patient adds, of those who add something; of amounts of money, how many lines there are, and how many of them have
--      no amount
select x.measure, x.doctor, x.patient,
    ((a.age_class * 2 + m.by_sex * l.sex) * 2 + m.by_ald * coalesce(l.ald, 0)) * 2 + m.by_c2s * coalesce(l.c2s, 0) as stratum,
    x.denominator, x.numerator, x.earlier, x.lines, x.unpriced
from (
    select s.measure, s.doctor, s.patient, cast(sum(s.denominator) as bigint) as denominator,
        cast(sum(s.numerator) as bigint) as numerator, cast(sum(s.earlier) as bigint) as earlier,
        cast(sum(s.lines) as bigint) as lines, cast(sum(s.unpriced) as bigint) as unpriced
    from (
        select n.measure, v.doctor, v.patient, case when n.side = 1 then v.value else 0 end as denominator,
            case when n.side = 0 then v.value else 0 end as numerator, case when n.side = 2 then v.value else 0 end as earlier,
            v.lines, v.unpriced
        from patient_values v
        join entries n on n.entry = v.entry
        union all
        select measure, doctor, patient, 1 as denominator, 0 as numerator, 0 as earlier, 0 as lines, 0 as unpriced
        from tested
    ) s
    group by s.measure, s.doctor, s.patient
) x
join measures m on m.measure = x.measure
join listed l on l.year = m.year and l.doctor = x.doctor and l.patient = x.patient
join measure_ages a on a.measure = x.measure and a.age = l.age
where (x.denominator > 0 or (m.by_patient = 1 and (x.numerator <> 0 or x.lines <> 0))
        or (m.tested = 0 and x.unpriced <> 0))
    and (m.sex < 0 or m.sex = l.sex) and (m.ald < 0 or m.ald = l.ald) and (m.c2s < 0 or m.c2s = l.c2s)
    and (m.seen = 0 or l.seen = 1) and (m.before = 0 or l.before = 1)
    and (m.deliveries = 0 or l.deliveries_from <= m.deliveries_from)
    and (m.acts = 0 or l.acts_from <= m.acts_from)
