-- in: listed, measures, measure_ages
-- out: measure, doctor, stratum, patients: of the measures over patients, how many there are
select m.measure, l.doctor,
    ((a.age_class * 2 + m.by_sex * l.sex) * 2 + m.by_ald * coalesce(l.ald, 0)) * 2 + m.by_c2s * coalesce(l.c2s, 0) as stratum,
    cast(sum(l.patients) as bigint) as patients
from (
    select year, doctor, age, sex, ald, c2s, seen, deliveries_from, acts_from, count(*) as patients
    from listed
    group by year, doctor, age, sex, ald, c2s, seen, deliveries_from, acts_from
) l
join measure_ages a on a.age = l.age
join measures m on m.measure = a.measure and m.year = l.year
where m.by_patient = 1
    and (m.sex < 0 or m.sex = l.sex) and (m.ald < 0 or m.ald = l.ald) and (m.c2s < 0 or m.c2s = l.c2s)
    and (m.seen = 0 or l.seen = 1)
    and (m.deliveries = 0 or l.deliveries_from <= m.deliveries_from)
    and (m.acts = 0 or l.acts_from <= m.acts_from)
group by m.measure, l.doctor,
    ((a.age_class * 2 + m.by_sex * l.sex) * 2 + m.by_ald * coalesce(l.ald, 0)) * 2 + m.by_c2s * coalesce(l.c2s, 0)
