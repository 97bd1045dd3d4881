-- in: line_values, chain_values, leave_values, molecule_values, exempt_values, board_values (entry, doctor, patient, value),
--     entries
-- out: entry, doctor, patient, value, lines, unpriced: what each count finds of each patient; where an amount must exceed a number, 1 for
--      each who exceeds it; of amounts of money, how many lines there are, and how many of them have no amount
--      (Spark takes columns of several tables for one another in such a union, unless each is computed anew: of numbers that are never negative, abs)
select v.entry, v.doctor, v.patient,
    cast(case when n.threshold < 0 then v.value else 1 end as bigint) as value, v.lines, v.unpriced
from (
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        lines, unpriced
    from line_values
    union all
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        0 as lines, 0 as unpriced
    from chain_values
    union all
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        0 as lines, 0 as unpriced
    from leave_values
    union all
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        0 as lines, 0 as unpriced
    from molecule_values
    union all
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        lines, unpriced
    from exempt_values
    union all
    select abs(entry) as entry, abs(doctor) as doctor, abs(patient) as patient, value,
        0 as lines, 0 as unpriced
    from board_values
) v
join entries n on n.entry = v.entry
where n.threshold < 0 or v.value > n.threshold
