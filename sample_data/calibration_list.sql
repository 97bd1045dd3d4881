-- in: registrations, patients, ald_on_day, rights_on_day; :last
-- out: doctor, patient, sex, age (completed years, by 365.25 days), ald_count, c2s: the lists on :last
select r.doctor, r.patient, p.sex, cast(floor((:last - p.birth_day) / 365.25) as integer) as age,
    coalesce(a.ald_count, 0) as ald_count, s.c2s
from registrations r
join patients p on p.patient = r.patient
join rights_on_day s on s.patient = r.patient
left join (select patient, count(*) as ald_count from ald_on_day group by patient) a on a.patient = r.patient
where r.from_day <= :last and r.to_day >= :last and p.died_day > :last
