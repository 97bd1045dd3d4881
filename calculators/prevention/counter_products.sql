-- in: counter_codes, product_keys
-- out: counter, product, useful_from, useful_to: products of the store that each counter counts
select distinct c.counter, k.product, c.useful_from, c.useful_to
from counter_codes c
join product_keys k on c.system = 'cip13' and k.cip13 = c.code
