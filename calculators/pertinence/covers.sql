-- in: coverage; :first, :last
-- out: patient, deliveries_from, acts_from: since when each care of theirs is complete up to the end of the year, of those
--      whose care is complete in the year; null: it is not
select patient,
    max(case when care = 2 then from_day end) as deliveries_from,
    max(case when care = 0 then from_day end) as acts_from
from coverage
where from_day <= :first and to_day >= :last
group by patient
