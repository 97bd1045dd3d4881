-- in: deliveries
-- out: year, lines, not_own: delivery lines of each year, and those without an amount of the source's own
select cast(strftime(date '1970-01-01' + day, '%Y') as integer) as year, count(*) as lines,
    count(*) filter (where from_reference is distinct from 0) as not_own
from deliveries
group by year
order by year
