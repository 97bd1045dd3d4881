-- in: usable_acts
-- out: act (dense key), system, code: one row per act code met
select cast(row_number() over (order by system, code) - 1 as integer) as act, system, code
from (select distinct system, code from usable_acts) met
