-- in: drugs_delivered, injected
-- out: patient, drug, day, boxes: deliveries, without the vaccines of which the injection is recorded
select d.patient, d.drug, d.day, d.boxes
from drugs_delivered d
left join (
    select distinct patient, drug, day
    from injected
) i on i.patient = d.patient and i.drug = d.drug and i.day = d.day
where i.patient is null
