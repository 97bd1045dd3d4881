-- in: acts, candidates; days :first, :last
-- out: patient, day: the days on which an act of a patient was taken back (a reversal)
select a.patient, a.day
from acts a
semi join candidates c on c.patient = a.patient
where a.day >= :first and a.day <= :last and a.quantity <= 0
group by a.patient, a.day
