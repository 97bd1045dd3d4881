-- in: deliveries, deliveries_to_net, products, listed, molecule_windows (year, from_day, to_day); :molecules_from_age,
--     :large_pack_days, :large_pack_dates
-- out: year, patient, drug, day, dates (how many it stands for): dates on which a class was delivered, whoever
--      prescribed it, to those old enough
select w.year, d.patient, d.drug, d.day,
    max(case when p.pack_days >= :large_pack_days then :large_pack_dates else 1 end) as dates
from (
    select patient, drug, product, day from deliveries where with_reversal = 0 and boxes > 0
    union all
    select patient, drug, max(product) as product, day
    from deliveries_to_net
    group by patient, drug, day, prescriber
    having sum(boxes) > 0
) d
join molecule_windows w on d.day >= w.from_day and d.day <= w.to_day
semi join listed l on l.patient = d.patient and l.age >= :molecules_from_age
left join products p on p.product = d.product
where d.drug is not null
group by w.year, d.patient, d.drug, d.day
