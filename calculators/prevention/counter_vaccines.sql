-- in: counter_codes, vaccine_keys
-- out: counter, vaccine, useful_from, useful_to: vaccines of the store that each counter counts
select distinct c.counter, k.vaccine, c.useful_from, c.useful_to
from counter_codes c
join vaccine_keys k
    on (c.system = 'cip13' and k.cip13 = c.code)
    or (c.system = 'cis' and k.cis = c.code)
    or (c.system = 'atc' and k.atc like c.code || '%')
