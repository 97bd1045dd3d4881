-- in: confirmed (patient_id, indicator), patient_keys, indicators
-- out: patient, indicator: those whom the doctor says no possible exclusion applies to
select distinct k.patient, i.indicator
from confirmed c
join patient_keys k on k.patient_id = c.patient_id
join indicators i on i.id = c.indicator
