-- in: registrations, patients; :as_of, :doctor (-1: all), :first_patient, :last_patient
-- out: patient, doctor, birth_day, sex: the lists on that day, the dead left out
select distinct r.patient, r.doctor, p.birth_day, p.sex
from registrations r
join patients p on p.patient = r.patient
where r.from_day <= :as_of and :as_of <= r.to_day
  and p.died_day > :as_of
  and (:doctor = -1 or r.doctor = :doctor)
  and r.patient between :first_patient and :last_patient
