-- in: delivery_lines, drug_lists, pack_lines, act_lines, stays, stay_kinds (list, kind), listed, wanted_lists
-- out: year (of the list), doctor, patient, list, source (0 delivery, 1 act, 2 discharge), item (drug or act), day, prescriber, own (1: the
--      doctor prescribed it), quantity, units, cents: lines of the lists, of each doctor's patients
select l.year, l.doctor, e.patient, e.list, e.source, e.item, e.day, e.prescriber,
    case when e.prescriber = l.doctor then 1 else 0 end as own, e.quantity, e.units, e.cents
from (
    select g.list, 0 as source, d.patient, d.drug as item, d.day, d.prescriber, d.quantity, d.units, d.cents
    from delivery_lines d
    join drug_lists g on g.drug = d.drug and g.role is null and g.device is null
    join wanted_lists w on w.list = g.list and d.day >= w.from_day
    union all
    select list, 0 as source, patient, drug as item, day, prescriber, quantity, units, cents from pack_lines
    union all
    select list, 1 as source, patient, act as item, day, prescriber, quantity, units, cents from act_lines
    union all
    select g.list, 2 as source, s.patient, 0 as item, s.exit_day as day, cast(null as integer) as prescriber,
        cast(1 as bigint) as quantity, cast(1 as bigint) as units, cast(null as bigint) as cents
    from stays s
    join stay_kinds g on g.kind = s.kind
    join wanted_lists w on w.list = g.list and s.exit_day >= w.from_day
) e
join listed l on l.patient = e.patient
