-- in: registrations, asked, years
-- out: year, doctor, patient: the list of 31 December of the year before
select y.year, r.doctor, r.patient
from registrations r
semi join asked on asked.doctor = r.doctor
join years y on r.from_day <= y.day_before and r.to_day >= y.day_before
group by y.year, r.doctor, r.patient
