-- in: deliveries, candidates; days :look_back_first, :last
-- out: the columns of deliveries that the steps read: lines of the candidates, in the year and its look-back
select d.patient, d.drug, d.day, d.boxes, d.base_cents, d.prescriber, d.prescriber_specialty, d.with_reversal
from deliveries d
semi join candidates c on c.patient = d.patient
where d.day >= :look_back_first and d.day <= :last
