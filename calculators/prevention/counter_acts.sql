-- in: counter_codes, act_keys
-- out: counter, act, kind (1 an act of biology as it is billed, 2 a result, 0 another), useful_from, useful_to: acts of the
--      store that each counter counts
select distinct c.counter, k.act,
    case k.system when 'nabm' then 1 when 'loinc' then 2 else 0 end as kind, c.useful_from, c.useful_to
from counter_codes c
join act_keys k on k.system = c.system and k.code = c.code
