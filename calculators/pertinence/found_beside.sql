-- in: kept, conditions (entry, year, rule, list, other, own, months, days, until_days, forbidden), calendar (day, months,
--     back_day), events
-- out: entry, rule, doctor, patient, list, day, forbidden (1: it must not be there): what else the patient had around a line
select distinct c.entry, c.rule, v.doctor, v.patient, v.list, v.day, c.forbidden
from kept v
join conditions c on c.entry = v.entry and c.list = v.list
join calendar k on k.day = v.day and k.months = c.months
join events o
    on o.year = c.year and o.doctor = v.doctor and o.patient = v.patient and o.list = c.other
    and o.day >= k.back_day - c.days and o.day <= v.day - c.until_days
where c.own = 0 or o.own = 1
