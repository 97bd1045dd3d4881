-- in: candidates, acts_kept, deliveries_kept, rights_on_day; :first
-- out: doctor, patient, age_class, sex, ald, c2s (1, 0, or null: not recorded): the faithful patients, who consumed care
--      in the year
select c.doctor, c.patient, c.age_class, c.sex, r.ald, r.c2s
from candidates c
semi join (
    select patient from acts_kept
    union all
    select patient from deliveries_kept where day >= :first
) consumed on consumed.patient = c.patient
join rights_on_day r on r.patient = c.patient
