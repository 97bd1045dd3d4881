-- in: products_delivered, injected
-- out: patient, product, day, boxes: deliveries, without the vaccines of which the injection is recorded
select d.patient, d.product, d.day, d.boxes
from products_delivered d
left join (
    select distinct patient, product, day
    from injected
) i on i.patient = d.patient and i.product = d.product and i.day = d.day
where i.patient is null
