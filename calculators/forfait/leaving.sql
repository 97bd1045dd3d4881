-- in: cohort, falls (day, falls_on, paid)
-- out: falls_on, paid (1: before the next list day), age, ald, c2s, patients: the list by the month in which patients stop
--      counting as seen. Only those whose last contact is a day of `falls`; what is not known never counts as a right.
select f.falls_on, f.paid, k.age, coalesce(k.ald, 0) as ald, coalesce(k.c2s, 0) as c2s, cast(count(*) as bigint) as patients
from cohort k
join falls f on f.day = k.last_day
group by f.falls_on, f.paid, k.age, coalesce(k.ald, 0), coalesce(k.c2s, 0)
order by 1, 2, 3, 4, 5
