-- in: deliveries, deliveries_to_net
-- out: patient, drug (null where the ATC class is not known), day, boxes: classes really delivered, reversals netted on (patient,
--      drug, day); one billed on two lines comes twice
select patient, drug, day, boxes
from deliveries
where with_reversal = 0
union all
select patient, drug, day, cast(sum(boxes) as integer) as boxes
from deliveries_to_net
group by patient, drug, day
having sum(boxes) > 0
