-- in: usable_territory
-- out: area, indicator, period, value, unit, source, read_day: one row per published figure of an area
select area, indicator, period, value, unit, source, cast(read_on - date '1970-01-01' as integer) as read_day
from usable_territory
order by area, indicator, period
