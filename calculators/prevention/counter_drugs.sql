-- in: counter_codes, drug_keys
-- out: counter, drug, useful_from, useful_to: ATC classes of the store that each counter counts (the code is a prefix)
select distinct c.counter, k.drug, c.useful_from, c.useful_to
from counter_codes c
join drug_keys k on c.system = 'atc' and k.atc like c.code || '%'
