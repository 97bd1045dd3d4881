-- in: patients, ald, c2s, days (day); :ald_known, :c2s_known (as in rights_on_day)
-- out: day, patient, ald, c2s: the rights of rights_on_day, on several days at once
select d.day, p.patient,
    case when a.patient is not null then 1 when coalesce(p.ald_known, :ald_known) = 1 then 0 end as ald,
    case when c.patient is not null then 1 when coalesce(p.c2s_known, :c2s_known) = 1 then 0 end as c2s
from patients p
join days d on d.day is not null
left join (
    select distinct t.day, h.patient from ald h join days t on h.from_day <= t.day and t.day <= h.to_day
) a on a.day = d.day and a.patient = p.patient
left join (
    select distinct t.day, h.patient from c2s h join days t on h.from_day <= t.day and t.day <= h.to_day
) c on c.day = d.day and c.patient = p.patient
