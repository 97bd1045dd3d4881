-- in: counter_codes, act_keys
-- out: counter, act, useful_from, useful_to: acts of the store that each counter counts
select distinct c.counter, k.act, c.useful_from, c.useful_to
from counter_codes c
join act_keys k on k.system = c.system and k.code = c.code
