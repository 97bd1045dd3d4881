-- in: acts_prescribed, listed, wanted_lists, act_lists; :last
-- out: list, patient, act, day, prescriber, quantity, units, cents: acts and devices that happened, by who prescribed them;
--      cents null where one of them has no amount
select g.list, a.patient, a.act, a.day, a.prescriber, cast(sum(a.quantity) as bigint) as quantity,
    cast(sum(a.quantity * coalesce(g.units, 1)) as bigint) as units,
    cast(case when count(*) = count(a.base_cents) then sum(a.base_cents) end as bigint) as cents
from acts_prescribed a
join act_lists g on g.act = a.act
join wanted_lists w on w.list = g.list and a.day >= w.from_day
semi join listed l on l.patient = a.patient
where a.day <= :last
group by g.list, a.patient, a.act, a.day, a.prescriber
