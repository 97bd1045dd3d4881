-- in: listed, met (doctors and patients seen)
-- out: the list with what is known: ald, c2s, seen are 1 (yes), 0 (no) or null (the record does not say)
select l.doctor, l.patient, l.age,
    case when l.ald = 1 then 1 when :ald_known = 1 then 0 end as ald,
    case when l.c2s = 1 then 1 when :c2s_known = 1 then 0 end as c2s,
    case when m.patient is not null then 1 when :seen_known = 1 then 0 end as seen
from listed l
left join met m on m.doctor = l.doctor and m.patient = l.patient
