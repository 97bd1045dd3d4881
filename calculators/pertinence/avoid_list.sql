-- in: registrations, asked, patients; :day
-- out: doctor, patient: the list of the day
select g.doctor, g.patient
from registrations g
semi join asked on asked.doctor = g.doctor
semi join patients p on p.patient = g.patient and p.died_day > :day
where g.from_day <= :day and g.to_day >= :day
group by g.doctor, g.patient
