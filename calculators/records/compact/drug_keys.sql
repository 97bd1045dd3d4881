-- in: usable_deliveries, usable_drugs
-- out: one row per ATC class met: dense key
select cast(row_number() over (order by atc) - 1 as integer) as drug, atc
from (
    select atc from usable_deliveries where atc is not null
    union select atc from usable_drugs where atc is not null
) met
