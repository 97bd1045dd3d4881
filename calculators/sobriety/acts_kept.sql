-- in: acts, candidates; days :first, :last
-- out: patient, act, day: acts that happened, once reversals are netted (a net of zero or less is no act)
select a.patient, a.act, a.day
from acts a
semi join candidates c on c.patient = a.patient
where a.day >= :first and a.day <= :last
group by a.patient, a.act, a.day
having sum(a.quantity) > 0
