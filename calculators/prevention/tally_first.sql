-- in: dated; parameter as_of
-- out: acts in the window: all distinct dates, or the first one where a minimum interval makes the rest depend on it
select counter, patient, cast(count(*) as integer) as found, min(day) as last_day
from dated
where until > :as_of and spacing = 1
group by counter, patient
union all
select counter, patient, 1 as found, min(day) as last_day
from dated
where until > :as_of and spacing > 1
group by counter, patient
