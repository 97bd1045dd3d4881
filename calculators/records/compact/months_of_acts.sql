-- in: acts, act_results
-- out: table, month (2025-03), lines, copies: lines of each month, and those that repeat another in every column; acts with a
--      result are compared with their results
select 'acts' as "table", strftime(date '1970-01-01' + day, '%Y-%m') as month, cast(sum(lines) as bigint) as lines,
    cast(sum(copies) as bigint) as copies
from (
    select day, sum(lines) as lines, sum(copies) as copies
    from (
        select day, count(*) as lines, case when act in (select act from act_results) then 0 else count(*) - 1 end as copies
        from acts
        group by patient, act, day, quantity, performer, performer_specialty, prescriber, prescriber_specialty, prescribed_day,
            base_cents, paid_cents, exo, session
        union all
        select day, 0, count(*) - 1
        from act_results
        group by patient, act, day, value, unit, comparator
    ) counted
    group by day
) by_day
group by month
order by month
