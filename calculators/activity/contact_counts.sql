-- in: contacts
-- out: doctor_id, kind, acts: how many of each kind each doctor did
select doctor_id, kind, cast(count(*) as bigint) as acts
from contacts
group by doctor_id, kind
order by doctor_id, kind
