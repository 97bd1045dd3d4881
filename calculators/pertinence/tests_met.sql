-- in: events, tests (measure, test, list, dates, ald, wanted), ald_on_day; :first, :last
-- out: measure, test, patient, wanted (1: one of these is needed, 0: none may hold): what is known of each patient
select distinct t.measure, t.test, h.patient, t.wanted
from tests t
join ald_on_day h on h.ald = t.ald
union
select n.measure, n.test, n.patient, n.wanted
from (
    select distinct t.measure, t.test, e.patient, t.wanted, t.dates, e.day
    from tests t
    join events e on e.list = t.list
    where e.day >= :first and e.day <= :last
) n
group by n.measure, n.test, n.patient, n.wanted, n.dates
having count(*) >= n.dates
