-- in: events, entries, entry_lists (entry, list), patients, age_windows (entry, birth_day, from_day, to_day)
-- out: entry, doctor, patient, list, source, item, day, prescriber, quantity, units, cents: the lines each count starts
--      from, of those that count lines one by one
select n.entry, v.doctor, v.patient, v.list, v.source, v.item, v.day, v.prescriber, v.quantity, v.units, v.cents
from events v
join entry_lists e on e.list = v.list
join entries n on n.entry = e.entry and n.year = v.year and n.molecules = 0 and n.exempt = 0
where v.day >= n.from_day and v.day <= n.to_day and (n.own = 0 or v.own = 1) and n.aged = 0
union all
select n.entry, v.doctor, v.patient, v.list, v.source, v.item, v.day, v.prescriber, v.quantity, v.units, v.cents
from events v
join entry_lists e on e.list = v.list
join entries n on n.entry = e.entry and n.year = v.year and n.molecules = 0 and n.exempt = 0
join patients p on p.patient = v.patient
semi join age_windows w
    on w.entry = n.entry and w.birth_day = p.birth_day and v.day >= w.from_day and v.day < w.to_day
where v.day >= n.from_day and v.day <= n.to_day and (n.own = 0 or v.own = 1) and n.aged = 1
