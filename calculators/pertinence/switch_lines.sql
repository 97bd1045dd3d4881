-- in: deliveries, products, drug_lists, listed; :list_from, :list_to (numbers of the lists of drugs), :look_back_first, :last
-- out: doctor, patient, list, day, role (of the pack, null: not told), own (1: prescribed by the doctor), boxes (net): packs of
--      the classes of the groups, by day and role
select l.doctor, d.patient, g.list, d.day, p.role, max(case when d.prescriber = l.doctor then 1 else 0 end) as own,
    cast(sum(d.boxes) as bigint) as boxes
from deliveries d
join listed l on l.patient = d.patient
join drug_lists g on g.drug = d.drug and g.list between :list_from and :list_to
left join products p on p.product = d.product
where d.day >= :look_back_first and d.day <= :last
group by l.doctor, d.patient, g.list, d.day, p.role
having sum(d.boxes) > 0
