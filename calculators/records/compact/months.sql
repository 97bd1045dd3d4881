-- in: acts, act_results, deliveries, vaccinations
-- out: table, month (2025-03), lines, copies: lines of each month, and those that repeat another in every column; acts with a
--      result are compared with their results
select "table", strftime(date '1970-01-01' + day, '%Y-%m') as month, cast(sum(lines) as bigint) as lines,
    cast(sum(copies) as bigint) as copies
from (
    select "table", day, sum(lines) as lines, sum(copies) as copies
    from (
        select 'acts' as "table", day, count(*) as lines,
            case when act in (select act from act_results) then 0 else count(*) - 1 end as copies
        from acts
        group by patient, act, day, quantity, performer, performer_specialty, prescriber, prescriber_specialty, prescribed_day,
            base_cents, paid_cents, exo, session
        union all
        select 'acts', day, 0, count(*) - 1
        from act_results
        group by patient, act, day, value, unit, comparator
        union all
        select 'deliveries', day, count(*), count(*) - 1
        from deliveries
        group by patient, drug, product, day, boxes, base_cents, prescriber, prescriber_specialty, prescribed_day, exo
        union all
        select 'vaccinations', day, count(*), 0
        from vaccinations
        where precision = 0
        group by day
    ) counted
    group by "table", day
) by_day
group by "table", month
order by "table", month
