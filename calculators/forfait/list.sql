-- in: registrations, patients, ald, c2s, ages (age, birth_from, birth_to)
-- out: one row per doctor and patient of his list on the list day: age, and 0 or 1 for an active ALD, an active C2S.
-- A patient registered twice with one doctor counts once; who dies on the list day is not alive that day.
-- doctor = -1: every doctor
select l.doctor, l.patient, g.age,
    case when a.patient is null then 0 else 1 end as ald,
    case when c.patient is null then 0 else 1 end as c2s
from (
    select distinct doctor, patient from registrations
    where from_day <= :list_day and to_day >= :list_day and (:doctor = -1 or doctor = :doctor)
) l
join patients p on p.patient = l.patient and p.died_day > :list_day
join ages g on p.birth_day >= g.birth_from and p.birth_day <= g.birth_to
left join (select distinct patient from ald where from_day <= :list_day and to_day >= :list_day) a
    on a.patient = l.patient
left join (select distinct patient from c2s where from_day <= :list_day and to_day >= :list_day) c
    on c.patient = l.patient
