-- in: affine
-- out: line (row of affine), nth (from 1), copy (the same as an earlier one, its order too): the codes of the lines of care
--      that have several
select
    a.rowid as line,
    row_number() over (
        partition by a.invoice, a.document, a.number, a.part order by coalesce(a.place, 0), a.kind, a.code, a.rowid
    ) as nth,
    a.place is not null and row_number() over (
        partition by a.invoice, a.document, a.number, a.part, a.kind, a.place, a.code order by a.rowid
    ) > 1 as copy
from affine a
semi join (
    select invoice, number from affine group by invoice, number having count(*) > 1
) d on d.invoice = a.invoice and d.number = a.number
