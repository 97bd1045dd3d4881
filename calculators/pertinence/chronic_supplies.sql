-- in: deliveries, products, drug_lists, listed; :first, :last, :dates_from
-- out: doctor, patient, drug, boxes, supplied (days, all but the last delivery), elapsed (days from the first to the last):
--      the doctor's prescriptions of a class of the list delivered on so many dates, of packs whose length is known
select l.doctor, d.patient, d.drug, cast(sum(d.boxes) as bigint) as boxes,
    cast(sum(case when d.day < d.last_day then d.days else 0 end) as bigint) as supplied,
    max(d.last_day) - min(d.day) as elapsed
from (
    select n.patient, n.drug, n.prescriber, n.day, n.boxes, n.days,
        max(n.day) over (partition by n.patient, n.drug, n.prescriber) as last_day
    from (
        select e.patient, e.drug, e.prescriber, e.day, sum(e.boxes) as boxes, sum(e.boxes * p.pack_days) as days
        from deliveries e
        join products p on p.product = e.product and p.pack_days is not null
        semi join drug_lists g on g.drug = e.drug
        where e.day >= :first and e.day <= :last
        group by e.patient, e.drug, e.prescriber, e.day
        having sum(e.boxes) > 0
    ) n
) d
join listed l on l.patient = d.patient and l.doctor = d.prescriber
group by l.doctor, d.patient, d.drug
having count(*) >= :dates_from
