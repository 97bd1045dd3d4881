-- in: deliveries, products, listed, wanted_lists (list, from_day), drug_lists; :last
-- out: patient, drug, day, prescriber, quantity (boxes), units, cents: delivered lines, netted on (patient, ATC, day,
--      prescriber), cents null where one of them has no amount, since the first day a list that has the class is looked at
select d.patient, d.drug, d.day, d.prescriber, cast(sum(d.boxes) as bigint) as quantity,
    cast(sum(d.boxes * coalesce(p.pack_units, 1)) as bigint) as units,
    cast(case when count(*) = count(d.base_cents) then sum(d.base_cents) end as bigint) as cents
from deliveries d
join (
    select l.drug, min(w.from_day) as from_day
    from drug_lists l
    join wanted_lists w on w.list = l.list
    where l.role is null and l.device is null
    group by l.drug
) w on w.drug = d.drug and d.day >= w.from_day
semi join listed l on l.patient = d.patient
left join products p on p.product = d.product
where d.day <= :last
group by d.patient, d.drug, d.day, d.prescriber
having sum(d.boxes) > 0
