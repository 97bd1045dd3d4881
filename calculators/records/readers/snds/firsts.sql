-- in: affine
-- out: e1, e2, part, first (row of affine): the lines of care that have several codes, and which of them comes first
select e1, e2, part, arg_min(rowid, (coalesce(place, 0), code)) as first
from affine
group by e1, e2, part
having count(*) > 1
