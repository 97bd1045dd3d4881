-- in: registrations, patients, ages (age, birth_from, birth_to), list_days (doctor, list_day, seen_from);
--     :doctor (-1: every doctor)
-- out: doctor, patient, age, list_day, seen_from: the list of each doctor on his list day, one row per doctor and patient. A
--      patient registered twice with one doctor counts once; who dies on the list day is not alive that day.
select l.doctor, l.patient, g.age, l.list_day, l.seen_from
from (
    select distinct r.doctor, r.patient, d.list_day, d.seen_from
    from registrations r
    join list_days d on d.doctor = r.doctor and r.from_day <= d.list_day and r.to_day >= d.list_day
    where :doctor = -1 or r.doctor = :doctor
) l
join patients p on p.patient = l.patient and p.died_day > l.list_day
join ages g on p.birth_day >= g.birth_from and p.birth_day <= g.birth_to
