-- in: prs; {order}
-- out: line (row of prs), aside: the payment parts of an act beyond the one kept, and the lines that are there twice
select line, case when part is not distinct from kept then 'repeated' else 'payment' end as aside
from (
    select
        p.rowid as line, p.part, row_number() over act as nth, first_value(p.part) over act as kept
    from prs p
    semi join (
        select invoice, number from prs where aside is null group by invoice, number having count(*) > 1
    ) d on d.invoice = p.invoice and d.number = p.number
    where p.aside is null
    window act as (partition by p.invoice, p.document, p.number order by p.part {order} nulls last, p.rowid)
) ranked
where nth > 1
