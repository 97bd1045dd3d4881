-- in: events, tests (measure, year, test, list, dates, ald, wanted, first_day, last_day), alds_held
-- out: measure, test, patient, wanted (1: one of these is needed, 0: none may hold): what is known of each patient
select distinct t.measure, t.test, h.patient, t.wanted
from tests t
join alds_held h on h.ald = t.ald and h.year = t.year
union
select n.measure, n.test, n.patient, n.wanted
from (
    select distinct t.measure, t.test, e.patient, t.wanted, t.dates, e.day
    from tests t
    join events e on e.list = t.list and e.year = t.year
    where e.day >= t.first_day and e.day <= t.last_day
) n
group by n.measure, n.test, n.patient, n.wanted, n.dates
having count(*) >= n.dates
