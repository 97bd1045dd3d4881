-- in: deliveries, products, drug_lists, listed; :look_back_first, :last
-- out: doctor, patient, list, day, own (1: prescribed by the doctor), boxes (net): packs of the groups, by day
select l.doctor, d.patient, g.list, d.day, max(case when d.prescriber = l.doctor then 1 else 0 end) as own,
    cast(sum(d.boxes) as bigint) as boxes
from deliveries d
join listed l on l.patient = d.patient
join products p on p.product = d.product
join drug_lists g on g.drug = d.drug and g.role = p.role
where d.day >= :look_back_first and d.day <= :last
group by l.doctor, d.patient, g.list, d.day
having sum(d.boxes) > 0
