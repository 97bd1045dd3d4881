-- in: listed, rights_on_day, last_contacts; :list_day, :seen_known (0 or 1: was a patient without a contact surely not seen?)
-- out: doctor, patient, age, ald, c2s, seen, last_day: the lists of that list day with what is known; ald, c2s, seen are 1
--      (yes), 0 (no) or null (the record does not say)
select l.doctor, l.patient, l.age, r.ald, r.c2s,
    case when t.patient is not null then 1 when :seen_known = 1 then 0 end as seen,
    t.last_day
from listed l
join rights_on_day r on r.patient = l.patient
left join last_contacts t on t.doctor = l.doctor and t.patient = l.patient
where l.list_day = :list_day
