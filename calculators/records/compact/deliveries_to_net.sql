-- in: deliveries
-- out: patient, drug, product, day, boxes, prescriber, prescriber_specialty: the delivery lines of the few days with a
--      reversal, once more, sorted alike
select patient, drug, product, day, boxes, prescriber, prescriber_specialty
from deliveries
where with_reversal = 1
order by patient, drug, day
