-- in: own_care, act_keys, tariffs (act, tariff, from_day, to_day: one row per act and period; a period has a number)
-- out: doctor, tariff (null: no tariff that day), system, code, quantity: acts by period of their tariff
select c.doctor, t.tariff, k.system, k.code, cast(sum(c.quantity) as bigint) as quantity
from own_care c
join act_keys k on k.act = c.act
left join tariffs t on t.act = c.act and c.day between t.from_day and t.to_day
where k.system = 'ngap' or k.system = 'ccam' or k.system = 'prs_nat'
group by c.doctor, t.tariff, k.system, k.code
