-- in: usable_vaccinations
-- out: vaccine (dense key), cip13, cis, atc: one row per way in which a vaccine is named
select cast(row_number() over (order by cip13, cis, atc) - 1 as integer) as vaccine, cip13, cis, atc
from (select distinct cip13, cis, atc from usable_vaccinations where not coalesce(not_done, false)) met
