-- in: spans, untils, counters; :as_of
-- out: counter, patient, certain, possible (numbers of doses), last_day, first_until, valid_until, lapsed_day: doses without a day
--      that count for sure, the whole of what may be their date being in the window, and those of which only a part is
select s.counter, s.patient,
    cast(sum(case when s.whole = 1 and u.until > :as_of then 1 else 0 end) as integer) as certain,
    cast(sum(case when s.whole = 0 or u.until <= :as_of then case when h.until > :as_of then 1 else 0 end else 0 end)
        as integer) as possible,
    max(s.day) as last_day,
    min(case when s.whole = 1 and u.until > :as_of then u.until end) as first_until,
    max(case when s.whole = 1 and u.until > :as_of then u.until end) as valid_until,
    max(case when s.whole = 1 and u.until <= :as_of then u.until end) as lapsed_day
from spans s
join counters c on c.counter = s.counter
join untils u on u.validity = c.validity and u.day = s.first_day
join untils h on h.validity = c.validity and h.day = s.high
group by s.counter, s.patient
