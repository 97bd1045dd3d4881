-- in: usable_deliveries, usable_drugs
-- out: drug (dense key), atc: one row per ATC class met
select cast(row_number() over (order by atc) - 1 as integer) as drug, atc
from (
    select atc from usable_deliveries where atc is not null
    union select atc from usable_drugs where atc is not null
) met
