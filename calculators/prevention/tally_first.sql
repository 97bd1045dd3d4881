-- in: dated; :as_of
-- out: counter, patient, found, last_day: where a minimum interval makes each act depend on the one before: the first act of
--      the window is counted
select counter, patient, 1 as found, min(day) as last_day
from dated
where counts = 1 and until > :as_of and spacing > 1
group by counter, patient
