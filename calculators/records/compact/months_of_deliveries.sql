-- in: deliveries
-- out: table, month (2025-03), lines, copies: lines of each month, and those that repeat another in every column
select 'deliveries' as "table", strftime(date '1970-01-01' + day, '%Y-%m') as month, cast(sum(lines) as bigint) as lines,
    cast(sum(copies) as bigint) as copies
from (
    select day, sum(lines) as lines, sum(copies) as copies
    from (
        select day, count(*) as lines, count(*) - 1 as copies
        from deliveries
        group by patient, drug, product, day, boxes, base_cents, prescriber, prescriber_specialty, prescribed_day, exo
    ) counted
    group by day
) by_day
group by month
order by month
