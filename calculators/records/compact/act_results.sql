-- in: usable_acts, patient_keys, act_keys
-- out: patient, act, day, value, unit, comparator: one row per act line that carries a result
select
    p.patient, k.act,
    cast(a.date - date '1970-01-01' as integer) as day,
    a.value, a.unit, a.comparator
from usable_acts a
join patient_keys p on p.patient_id = a.patient_id
join act_keys k on k.system = a.system and k.code = a.code
where a.value is not null
