-- in: deliveries_in_full
-- out: patient, drug, day, prescriber, specialty (of the prescriber), boxes, base_cents, exo: classes really delivered with who
--      prescribed them, reversals netted on (patient, drug, day, prescriber); one billed on two lines comes twice. Drug and
--      prescriber may be null; on a day with a reversal specialty and exo are what its lines agree on,
--      an amount where all of its lines have theirs.
select patient, drug, day, prescriber, prescriber_specialty as specialty, boxes, base_cents, exo
from deliveries_in_full
where with_reversal = 0
union all
select patient, drug, day, prescriber,
    case when min(prescriber_specialty) = max(prescriber_specialty) then min(prescriber_specialty) end as specialty,
    cast(sum(boxes) as integer) as boxes,
    cast(case when count(*) = count(base_cents) then sum(base_cents) end as integer) as base_cents,
    case when min(exo) = max(exo) then min(exo) end as exo
from deliveries_in_full
where with_reversal = 1
group by patient, drug, day, prescriber
having sum(boxes) > 0
