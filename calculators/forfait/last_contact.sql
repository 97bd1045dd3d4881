-- in: listed (doctor, patient, age, ald, c2s), acts, falls (day, falls_on, paid)
-- out: the list by the month in which patients stop counting as seen: falls_on, paid (1: before the next list day), age,
-- ald, c2s, patients. Only those whose last contact is a day of `falls`; reversals netted on patient, act, day
select f.falls_on, f.paid, m.age, m.ald, m.c2s, cast(count(*) as bigint) as patients
from (
    select n.doctor, n.patient, n.age, n.ald, n.c2s, max(n.day) as day
    from (
        select l.doctor, l.patient, l.age, l.ald, l.c2s, t.act, t.day
        from listed l
        join acts t on t.patient = l.patient
        where t.day <= :list_day and (:by_anyone = 1 or t.performer = l.doctor)
        group by l.doctor, l.patient, l.age, l.ald, l.c2s, t.act, t.day
        having sum(t.quantity) > 0
    ) n
    group by n.doctor, n.patient, n.age, n.ald, n.c2s
) m
join falls f on f.day = m.day
group by f.falls_on, f.paid, m.age, m.ald, m.c2s
order by 1, 2, 3, 4, 5
