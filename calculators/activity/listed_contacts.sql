-- in: contacts, listed_cells (doctor_id, patient_id, cell), patient_keys
-- out: doctor_id, cell, measure, value: for the patients of his own list, cell by cell, how many acts of each kind each doctor
--      did, and how many patients he did something for (active_file)
select l.doctor_id, l.cell, c.kind as measure, cast(count(*) as bigint) as value
from contacts c
join patient_keys k on k.patient = c.patient
join listed_cells l on l.doctor_id = c.doctor_id and l.patient_id = k.patient_id
group by l.doctor_id, l.cell, c.kind
union all
select l.doctor_id, l.cell, 'active_file' as measure, cast(count(*) as bigint) as value
from (select distinct doctor_id, patient from contacts) c
join patient_keys k on k.patient = c.patient
join listed_cells l on l.doctor_id = c.doctor_id and l.patient_id = k.patient_id
group by l.doctor_id, l.cell
