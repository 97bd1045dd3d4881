-- in: own_care, act_keys, patient_keys, tariffs (act, tariff, from_day, to_day: one row per act and period; a period has a number)
-- out: patient_id, day, tariff (null: no tariff that day), system, code, quantity: the acts that the income counts, one by one
select p.patient_id, c.day, t.tariff, k.system, k.code, c.quantity
from own_care c
join act_keys k on k.act = c.act
join patient_keys p on p.patient = c.patient
left join tariffs t on t.act = c.act and c.day between t.from_day and t.to_day
where k.system = 'ngap' or k.system = 'ccam' or k.system = 'prs_nat'
