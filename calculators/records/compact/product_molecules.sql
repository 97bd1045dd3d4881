-- in: product_keys, usable_drugs
-- out: product, atc: the molecules of a combination, one row each; a product that is none has no row
select distinct k.product, molecule.atc
from product_keys k
join usable_drugs r on r.cip13 = k.cip13
cross join unnest(r.molecules) as molecule(atc)
order by k.product, molecule.atc
