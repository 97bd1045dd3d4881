-- in: acts, candidates; days :first, :last
-- out: the columns of acts that the steps read: lines of the year of the candidates
select a.patient, a.act, a.day, a.quantity, a.performer, a.with_reversal
from acts a
semi join candidates c on c.patient = a.patient
where a.day >= :first and a.day <= :last
