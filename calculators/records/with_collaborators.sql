-- in: groups
-- out: doctor: those who are in a group with a collaborator, whatever the days
select distinct m.doctor
from groups m
join groups c on c.group_id = m.group_id and c.doctor <> m.doctor and c.role = 'collaborateur'
