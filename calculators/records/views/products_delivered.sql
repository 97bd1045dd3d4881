-- in: deliveries, deliveries_to_net
-- out: patient, product (null where the CIP13 is not known), day, boxes: products really delivered, reversals netted on (patient,
--      product, day); one billed on two lines comes twice
select patient, product, day, boxes
from deliveries
where with_reversal = 0
union all
select patient, product, day, cast(sum(boxes) as integer) as boxes
from deliveries_to_net
group by patient, product, day
having sum(boxes) > 0
