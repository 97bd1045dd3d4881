-- in: prs; {order}
-- out: line (row of prs), aside: the payment parts of an act beyond the one kept, and the lines that are there twice
select line, case when part is not distinct from kept then 'repeated' else 'payment' end as aside
from (
    select
        p.rowid as line, p.part, row_number() over act as nth,
        first_value(p.part) over act as kept
    from prs p
    join (select e1, e2 from prs where aside is null group by e1, e2 having count(*) > 1) d on d.e1 = p.e1 and d.e2 = p.e2
    where p.aside is null
    window act as (partition by p.e1, p.e2 order by p.part {order} nulls last, p.rowid)
) ranked
where nth > 1
