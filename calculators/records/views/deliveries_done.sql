-- in: deliveries, deliveries_to_net
-- out: patient, drug, day, prescriber, specialty (of the prescriber): deliveries that happened, reversals netted on (patient,
--      drug, day, prescriber); one billed on two lines comes twice. Drug and prescriber may be null; on a day with a reversal
--      the specialty is.
select patient, drug, day, prescriber, prescriber_specialty as specialty
from deliveries
where with_reversal = 0
union all
select patient, drug, day, prescriber, cast(null as integer) as specialty
from deliveries_to_net
group by patient, drug, day, prescriber
having sum(boxes) > 0
