-- in: deliveries
-- out: period (a year), amounts, opposite, box_cents: lines with an amount of the source's own, those of a sign other than
--      that of the boxes, and the median amount of a box
select strftime(date '1970-01-01' + day, '%Y') as period, count(*) as amounts,
    count(*) filter (where cast(base_cents as bigint) * boxes < 0) as opposite,
    median(case when boxes <> 0 then abs(base_cents / boxes) end) as box_cents
from deliveries
where from_reference = 0
group by period
order by period
