-- in: deliveries, candidates; days :look_back_first, :last
-- out: patient, day: the days on which something delivered to a patient was taken back (a reversal)
select d.patient, d.day
from deliveries d
semi join candidates c on c.patient = d.patient
where d.day >= :look_back_first and d.day <= :last and d.boxes <= 0
group by d.patient, d.day
