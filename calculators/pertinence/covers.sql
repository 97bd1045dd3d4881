-- in: coverage, years
-- out: year, patient, deliveries_from, acts_from: since when each care of theirs is complete up to the end of the year, of those
--      whose care is complete in the year; null: it is not
select y.year, c.patient,
    max(case when c.care = 2 then c.from_day end) as deliveries_from,
    max(case when c.care = 0 then c.from_day end) as acts_from
from coverage c
join years y on c.from_day <= y.first and c.to_day >= y.last
group by y.year, c.patient
