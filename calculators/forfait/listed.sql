-- in: registrations, patients, ages (age, birth_from, birth_to); :list_day, :doctor (-1: every doctor)
-- out: doctor, patient, age: the list on the list day, one row per doctor and patient. A patient registered twice with one
--      doctor counts once; who dies on the list day is not alive that day.
select l.doctor, l.patient, g.age
from (
    select distinct doctor, patient from registrations
    where from_day <= :list_day and to_day >= :list_day and (:doctor = -1 or doctor = :doctor)
) l
join patients p on p.patient = l.patient and p.died_day > :list_day
join ages g on p.birth_day >= g.birth_from and p.birth_day <= g.birth_to
