-- in: acts_in_full
-- out: patient, act, day, prescriber, specialty (of the prescriber), quantity, base_cents, paid_cents, exo: acts that happened with
--      who prescribed them and what they cost, reversals netted on (patient, act, day, prescriber); one billed on two lines comes
--      twice. What the source does not say is null; on a day with a reversal specialty and exo are what its lines agree on,
--      an amount where all of its lines have theirs.
select patient, act, day, prescriber, prescriber_specialty as specialty, quantity, base_cents, paid_cents, exo
from acts_in_full
where with_reversal = 0
union all
select patient, act, day, prescriber,
    case when min(prescriber_specialty) = max(prescriber_specialty) then min(prescriber_specialty) end as specialty,
    cast(sum(quantity) as integer) as quantity,
    cast(case when count(*) = count(base_cents) then sum(base_cents) end as integer) as base_cents,
    cast(case when count(*) = count(paid_cents) then sum(paid_cents) end as integer) as paid_cents,
    case when min(exo) = max(exo) then min(exo) end as exo
from acts_in_full
where with_reversal = 1
group by patient, act, day, prescriber
having sum(quantity) > 0
