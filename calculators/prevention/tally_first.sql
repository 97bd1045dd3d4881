-- in: dated; :as_of
-- out: counter, patient, found, last_day: where each act depends on the one before (a minimum interval, an age by dose): the
--      first act of the window is counted
select counter, patient, 1 as found, min(day) as last_day
from dated
where counts = 1 and until > :as_of and ordered = 1
group by counter, patient
