-- in: listed, acts
-- out: the doctors and patients of the list with an act by the doctor (by anyone: by_anyone = 1) within the window,
-- reversals netted on patient, act, day
select distinct doctor, patient
from (
    select l.doctor, l.patient, t.act, t.day
    from listed l
    join acts t on t.patient = l.patient
    where t.day >= :seen_from and t.day <= :list_day and (:by_anyone = 1 or t.performer = l.doctor)
    group by l.doctor, l.patient, t.act, t.day
    having sum(t.quantity) > 0
) netted
