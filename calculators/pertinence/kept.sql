-- in: picked, entries, barred_alds (entry, ald), ald
-- out: entry, doctor, patient, list, source, item, day, prescriber, quantity, units, cents: the first line of the year where
--      that alone counts, and none while a barred ALD is active
select v.entry, v.doctor, v.patient, v.list, v.source, v.item, v.day, v.prescriber, v.quantity, v.units, v.cents
from picked v
join entries n on n.entry = v.entry
join (
    select entry, doctor, patient, min(day) as day from picked group by entry, doctor, patient
) f on f.entry = v.entry and f.doctor = v.doctor and f.patient = v.patient
anti join (
    select b.entry, a.patient, a.from_day, a.to_day from barred_alds b join ald a on a.ald = b.ald
) x on x.entry = v.entry and x.patient = v.patient and v.day >= x.from_day and v.day <= x.to_day
where n.first_only = 0 or v.day = f.day
