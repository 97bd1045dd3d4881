-- in: noted (patient_id, code, day), patient_keys, counter_codes
-- out: counter, patient, day, units: what the doctor notes of his patients (tobacco, sleep…) that each counter counts
select distinct c.counter, k.patient, n.day, cast(1 as integer) as units
from noted n
join patient_keys k on k.patient_id = n.patient_id
join counter_codes c on c.system = 'declared' and c.code = n.code and c.useful_from <= n.day and n.day <= c.useful_to
