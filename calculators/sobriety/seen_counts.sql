-- in: seen
-- out: doctor, patients: how many faithful patients each doctor saw; no row for none
select doctor, cast(count(*) as bigint) as patients from seen group by doctor
