-- in: deliveries, products, listed, wanted_lists, drug_lists; :last
-- out: list, patient, drug, day, prescriber, quantity (boxes), units, cents: the same for lists of some packs of a class
--      alone, netted on these
select g.list, d.patient, d.drug, d.day, d.prescriber, cast(sum(d.boxes) as bigint) as quantity,
    cast(sum(d.boxes * coalesce(p.pack_units, 1)) as bigint) as units,
    cast(case when count(*) = count(d.base_cents) then sum(d.base_cents) end as bigint) as cents
from deliveries d
join products p on p.product = d.product
join drug_lists g on g.drug = d.drug and (g.role = p.role or g.device = p.device)
join wanted_lists w on w.list = g.list and d.day >= w.from_day
semi join listed l on l.patient = d.patient
where d.day <= :last
group by g.list, d.patient, d.drug, d.day, d.prescriber
having sum(d.boxes) > 0
