-- in: usable_deliveries
-- out: product (dense key), cip13: one row per CIP13 met
select cast(row_number() over (order by cip13) - 1 as integer) as product, cip13
from (select distinct cip13 from usable_deliveries where cip13 is not null) met
