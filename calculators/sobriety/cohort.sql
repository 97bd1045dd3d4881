-- in: candidates, acts_kept, deliveries_kept, ald, c2s; days :first, :last
-- out: doctor, patient, age_class, sex, ald (0 or 1), c2s (0 or 1): the faithful patients, who consumed care in N
select c.doctor, c.patient, c.age_class, c.sex, coalesce(h.ald, 0) as ald, coalesce(h.c2s, 0) as c2s
from candidates c
semi join (
    select patient from acts_kept
    union all
    select patient from deliveries_kept where day >= :first
) consumed on consumed.patient = c.patient
left join (
    select r.patient, max(r.ald) as ald, max(r.c2s) as c2s
    from (
        select patient, 1 as ald, 0 as c2s from ald where from_day <= :last and to_day >= :last
        union all
        select patient, 0 as ald, 1 as c2s from c2s where from_day <= :last and to_day >= :last
    ) r
    semi join candidates k on k.patient = r.patient
    group by r.patient
) h on h.patient = c.patient
