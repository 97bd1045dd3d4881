-- in: counter_codes, act_keys
-- out: counter, act, list (number of the code list in the counter), kind (1 as it is billed, 2 a result): acts of biology of the
--      store that each counter counts, once per list that names them
select distinct c.counter, k.act, c.list, case k.system when 'nabm' then 1 else 2 end as kind
from counter_codes c
join act_keys k on k.system = c.system and k.code = c.code
where k.system = 'nabm' or k.system = 'loinc'
