-- in: kept, entries, found_beside
-- out: entry, doctor, patient, source, item, day, prescriber, quantity, units, cents: the lines that count, each once though
--      two lists have it
select v.entry, v.doctor, v.patient, v.source, v.item, v.day, v.prescriber,
    max(v.quantity) as quantity, max(v.units) as units, max(v.cents) as cents
from kept v
join entries n on n.entry = v.entry
left join (
    select entry, doctor, patient, list, day, sum(forbidden) as broken, count(*) - sum(forbidden) as held
    from found_beside
    group by entry, doctor, patient, list, day
) b on b.entry = v.entry and b.doctor = v.doctor and b.patient = v.patient and b.list = v.list and b.day = v.day
where coalesce(b.broken, 0) = 0 and coalesce(b.held, 0) >= n.required
group by v.entry, v.doctor, v.patient, v.source, v.item, v.day, v.prescriber
