-- in: acts, candidates; days :first, :last
-- out: patient, act, day, performer (null on a day with a reversal, where `seen` adds up by performer): acts that happened,
--      once reversals are netted; one billed on two lines may come twice
select a.patient, a.act, a.day, a.performer
from acts a
semi join candidates c on c.patient = a.patient
where a.with_reversal = 0 and a.day >= :first and a.day <= :last
union all
select a.patient, a.act, a.day, cast(null as integer) as performer
from acts a
semi join candidates c on c.patient = a.patient
where a.with_reversal = 1 and a.day >= :first and a.day <= :last
group by a.patient, a.act, a.day
having sum(a.quantity) > 0
