-- in: beneficiaries
-- out: person (dense), patient_id, born, month_known, sex, died, department: one row per person, as last told
select
    cast(row_number() over (order by patient_id) as integer) as person, patient_id,
    arg_max(born, (said, psa, rank)) as born,
    arg_max(month_known, (said, psa, rank)) filter (where born is not null) as month_known,
    coalesce(arg_max(sex, (said, psa, rank)) filter (where sex <> 'U'), 'U') as sex,
    max(died) as died,
    coalesce(arg_max(department, (said, psa, rank)) filter (where department <> '99'), '99') as department
from beneficiaries
group by patient_id
having count(born) > 0
