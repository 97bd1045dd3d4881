-- in: vaccinations
-- out: table, month (2025-03), lines, copies: doses of which the day is known, of each month; none is a copy
select 'vaccinations' as "table", strftime(date '1970-01-01' + day, '%Y-%m') as month, count(*) as lines,
    cast(0 as bigint) as copies
from vaccinations
where precision = 0
group by month
order by month
