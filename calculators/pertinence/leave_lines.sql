-- in: sick_leaves, listed, entries, entry_leaves (entry, kind)
-- out: entry, doctor, patient, from_day, to_day, last_day (of the year), gap, running (1: that of the last day is asked for), place, reached (last
--      day of these and of those before): sick leaves in order
select n.entry, l.doctor, s.patient, s.from_day, s.to_day, n.to_day as last_day, n.gap, n.running,
    row_number() over (partition by n.entry, l.doctor, s.patient order by s.from_day, s.to_day) as place,
    max(s.to_day) over (partition by n.entry, l.doctor, s.patient order by s.from_day, s.to_day) as reached
from sick_leaves s
join listed l on l.patient = s.patient
join entry_leaves e on e.kind = s.kind
join entries n on n.entry = e.entry and n.year = l.year
where s.from_day <= n.to_day and s.from_day <= s.to_day and (n.running = 1 or s.from_day >= n.first_day)
    and (n.own = 0 or s.prescriber = l.doctor)
