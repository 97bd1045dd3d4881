-- in: candidates, acts_kept, deliveries_kept, ald, c2s; days :first, :last
-- out: doctor, patient, age_class, sex, ald (0 or 1), c2s (0 or 1): the faithful patients, who consumed care in N
select c.doctor, c.patient, c.age_class, c.sex,
    case when a.patient is null then 0 else 1 end as ald,
    case when s.patient is null then 0 else 1 end as c2s
from candidates c
semi join (
    select patient from acts_kept
    union all
    select patient from deliveries_kept where day >= :first
) consumed on consumed.patient = c.patient
left join (
    select r.patient
    from ald r
    semi join candidates k on k.patient = r.patient
    where r.from_day <= :last and r.to_day >= :last
    group by r.patient
) a on a.patient = c.patient
left join (
    select r.patient
    from c2s r
    semi join candidates k on k.patient = r.patient
    where r.from_day <= :last and r.to_day >= :last
    group by r.patient
) s on s.patient = c.patient
