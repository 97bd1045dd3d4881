-- in: deliveries, product_keys, usable_drugs
-- out: period (a month, 2025-03, or a year, 2025), amounts, opposite, box_cents, priced, ratio: lines with an amount of the
--      source's own, those of a sign other than that of the boxes, the median amount of a box, those of a known price, and the
--      median of amount of a box / known price
select coalesce(month, year) as period, count(*) as amounts,
    count(*) filter (where base_cents * boxes < 0) as opposite,
    median(case when boxes <> 0 then abs(base_cents / boxes) end) as box_cents,
    count(ratio) as priced, median(ratio) as ratio
from (
    select strftime(date '1970-01-01' + day, '%Y-%m') as month, strftime(date '1970-01-01' + day, '%Y') as year,
        cast(base_cents as bigint) as base_cents, boxes,
        case when boxes <> 0 and r.price_cents > 0 then abs(base_cents / boxes) / r.price_cents end as ratio
    from deliveries d
    left join product_keys p on p.product = d.product
    left join usable_drugs r on r.cip13 = p.cip13
    where d.from_reference = 0
) lines
group by grouping sets ((year), (year, month))
order by period
