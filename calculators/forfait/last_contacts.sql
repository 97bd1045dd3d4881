-- in: listed, acts_done_by_performer, acts_done; :by_anyone (0: acts of the doctor himself, 1: of anyone), :seen_from, :list_day
-- out: doctor, patient, last_day: the last contact of the patients of the list within the window
select doctor, patient, max(day) as last_day
from (
    select l.doctor, l.patient, a.day
    from listed l
    join acts_done_by_performer a on a.patient = l.patient and a.performer = l.doctor
    where :by_anyone = 0
    union all
    select l.doctor, l.patient, a.day
    from listed l
    join acts_done a on a.patient = l.patient
    where :by_anyone = 1
) contacts
where day >= :seen_from and day <= :list_day
group by doctor, patient
