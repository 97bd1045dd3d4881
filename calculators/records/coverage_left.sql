-- in: coverage, stretches (care, from_day, to_day: the days of no missing month)
-- out: patient, care, from_day, to_day: the same without the months that are missing
select c.patient, c.care, greatest(c.from_day, s.from_day) as from_day, least(c.to_day, s.to_day) as to_day
from coverage c
join stretches s on s.care = c.care
where greatest(c.from_day, s.from_day) <= least(c.to_day, s.to_day)
