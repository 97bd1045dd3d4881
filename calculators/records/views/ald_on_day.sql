-- in: ald; :day
-- out: patient, ald (its number): ALD active on the day, one row per period
select patient, ald
from ald
where from_day <= :day and :day <= to_day
