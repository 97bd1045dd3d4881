-- in: events, chains, tally; parameter as_of
-- out: for each counter and patient with an event: the last one ever, how many count today, until when the requirement
--      is met (the chain that lasts longest), and when it lapsed after having been met
select e.counter, e.patient, e.last_day,
    coalesce(t.found, 0) as found,
    c.valid_until, c.lapsed_day
from (select counter, patient, max(day) as last_day from events group by counter, patient) e
left join tally t on t.counter = e.counter and t.patient = e.patient
left join (
    select counter, patient,
        max(case when until > :as_of and last_day is not null then until end) as valid_until,
        max(case when until <= :as_of and last_day < until then until end) as lapsed_day
    from chains
    group by counter, patient
) c on c.counter = e.counter and c.patient = e.patient
