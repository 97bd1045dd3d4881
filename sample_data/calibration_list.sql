-- in: registrations, patients, ald, c2s; day :last
-- out: doctor, patient, sex, age (completed years, by 365.25 days), ald_count, c2s: the lists on :last
select r.doctor, r.patient, p.sex, cast(floor((:last - p.birth_day) / 365.25) as integer) as age,
    coalesce(a.ald_count, 0) as ald_count, case when s.patient is null then 0 else 1 end as c2s
from registrations r
join patients p on p.patient = r.patient
left join (
    select patient, count(*) as ald_count from ald where from_day <= :last and to_day >= :last group by patient
) a on a.patient = r.patient
left join (select distinct patient from c2s where from_day <= :last and to_day >= :last) s on s.patient = r.patient
where r.from_day <= :last and r.to_day >= :last and p.died_day > :last
