-- in: registrations, asked; :day_before
-- out: doctor, patient: the list of 31 December of the year before
select r.doctor, r.patient
from registrations r
semi join asked on asked.doctor = r.doctor
where r.from_day <= :day_before and r.to_day >= :day_before
group by r.doctor, r.patient
