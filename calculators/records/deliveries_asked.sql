-- in: deliveries, asked_drugs (drug), asked_products (product)
-- out: patient, drug, product, day, prescriber, boxes: the deliveries of the classes or the products asked for, reversals as
--      lines of their own; all deliveries where no code is
select d.patient, d.drug, d.product, d.day, d.prescriber, d.boxes
from deliveries d
left join asked_drugs g on g.drug = d.drug
left join asked_products c on c.product = d.product
where g.drug is not null or c.product is not null
