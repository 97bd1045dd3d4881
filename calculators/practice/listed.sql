-- in: registrations, patients, asked; :list_day
-- out: doctor, patient, birth_day, sex, registered_day: the list of each doctor asked for on a day, one row per doctor and
--      patient alive
select r.doctor, r.patient, p.birth_day, p.sex, r.registered_day
from (
    select r.doctor, r.patient, min(r.from_day) as registered_day
    from registrations r
    join asked d on d.doctor = r.doctor
    where r.from_day <= :list_day and r.to_day >= :list_day
    group by r.doctor, r.patient
) r
join patients p on p.patient = r.patient and p.died_day > :list_day
