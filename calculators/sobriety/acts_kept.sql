-- in: acts_done, candidates; :first, :last
-- out: patient, act, day, performer (null on a day with a reversal): acts of the year of the candidates
select a.patient, a.act, a.day, a.performer
from acts_done a
semi join candidates c on c.patient = a.patient
where a.day >= :first and a.day <= :last
