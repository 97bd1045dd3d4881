-- in: line_values, chain_values, leave_values, molecule_values, exempt_values, board_values (entry, doctor, patient, value),
--     entries
-- out: entry, doctor, patient, value: what each count finds of each patient; where an amount must exceed a number, 1 for
--      each who exceeds it
--      (Spark takes columns of several tables for one another in such a union, unless each is computed anew)
select v.entry, v.doctor, v.patient,
    cast(case when n.threshold < 0 then v.value else 1 end as bigint) as value
from (
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from line_values
    union all
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from chain_values
    union all
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from leave_values
    union all
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from molecule_values
    union all
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from exempt_values
    union all
    select coalesce(entry, 0) as entry, coalesce(doctor, 0) as doctor, coalesce(patient, 0) as patient, value from board_values
) v
join entries n on n.entry = v.entry
where n.threshold < 0 or v.value > n.threshold
