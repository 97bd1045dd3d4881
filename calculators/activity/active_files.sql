-- in: contacts
-- out: doctor_id, patients: how many patients each doctor did something for, on his list or not
select doctor_id, cast(count(*) as bigint) as patients
from (select distinct doctor_id, patient from contacts) seen
group by doctor_id
order by doctor_id
