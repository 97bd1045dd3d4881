-- in: deliveries
-- out: period (a year), amounts, opposite: lines with an amount of the source's own, and those of a sign other than that of the
--      boxes
select strftime(date '1970-01-01' + day, '%Y') as period, count(*) as amounts,
    count(*) filter (where cast(base_cents as bigint) * boxes < 0) as opposite
from deliveries
where from_reference = 0
group by period
order by period
