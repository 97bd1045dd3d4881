-- in: dated, chains, tally; :as_of
-- out: counter, patient, last_day (the last event ever), found (how many count today), possible (how many more may), bare (1: the result of one of these is
--      not known), valid_until (until when the requirement is met: the chain that lasts longest), lapsed_day (when it lapsed
--      after having been met): one row per counter and patient with an event
select d.counter, d.patient, d.last_day,
    coalesce(t.found, d.found) as found, 0 as possible, d.bare,
    coalesce(c.valid_until, d.valid_until) as valid_until,
    coalesce(c.lapsed_day, d.lapsed_day) as lapsed_day
from (
    select counter, patient, max(day) as last_day,
        cast(sum(case when counts = 1 and until > :as_of then units else 0 end) as integer) as found,
        max(case when counts = 1 and until > :as_of then bare else 0 end) as bare,
        max(case when counts = 1 and chain = 1 and until > :as_of then until end) as valid_until,
        max(case when counts = 1 and chain = 1 and until <= :as_of then until end) as lapsed_day
    from dated
    group by counter, patient
) d
left join tally t on t.counter = d.counter and t.patient = d.patient
left join (
    select counter, patient,
        max(case when until > :as_of then until end) as valid_until,
        max(case when until <= :as_of and last_day < until then until end) as lapsed_day
    from chains
    group by counter, patient
) c on c.counter = d.counter and c.patient = d.patient
