-- in: listed, acts_done_by_performer, acts_done, groups; :by_anyone, :by_collaborators (0 or 1: are acts of anyone, or of the
--     collaborators of a group of the doctor, contacts too?)
-- out: doctor, patient, last_day: the last contact of the patients of the list within the window; a collaborator counts on
--      the days on which he and the doctor are both of the group
select doctor, patient, max(day) as last_day
from (
    select l.doctor, l.patient, a.day, l.list_day, l.seen_from
    from listed l
    join acts_done_by_performer a on a.patient = l.patient and a.performer = l.doctor
    where :by_anyone = 0
    union all
    select l.doctor, l.patient, a.day, l.list_day, l.seen_from
    from listed l
    join groups m on m.doctor = l.doctor
    join groups c on c.group_id = m.group_id and c.doctor <> m.doctor and c.role = 'collaborateur'
    join acts_done_by_performer a on a.patient = l.patient and a.performer = c.doctor
        and a.day >= m.from_day and a.day <= m.to_day and a.day >= c.from_day and a.day <= c.to_day
    where :by_collaborators = 1
    union all
    select l.doctor, l.patient, a.day, l.list_day, l.seen_from
    from listed l
    join acts_done a on a.patient = l.patient
    where :by_anyone = 1
) contacts
where day >= seen_from and day <= list_day
group by doctor, patient
