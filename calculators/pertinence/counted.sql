-- in: kept, entries, found_beside, list_packs (list, packs: a number for the packs that it keeps; lists of whole classes have none)
-- out: entry, doctor, patient, source, item, day, prescriber, quantity, units, cents: the lines that count, each once though
--      two lists have it; a class of which lists have different packs (a reference medicine and its biosimilar) is the sum
--      of these, and the whole of it where one list has every pack
select s.entry, s.doctor, s.patient, s.source, s.item, s.day, s.prescriber,
    cast(case when min(s.packs) = 0 then sum(case when s.packs = 0 then s.quantity end) else sum(s.quantity) end as bigint)
        as quantity,
    cast(case when min(s.packs) = 0 then sum(case when s.packs = 0 then s.units end) else sum(s.units) end as bigint) as units,
    cast(case when min(s.packs) = 0 then sum(case when s.packs = 0 then s.cents end)
        when count(*) = count(s.cents) then sum(s.cents) end as bigint) as cents
from (
    select v.entry, v.doctor, v.patient, v.source, v.item, v.day, v.prescriber, coalesce(p.packs, 0) as packs,
        max(v.quantity) as quantity, max(v.units) as units, max(v.cents) as cents
    from kept v
    join entries n on n.entry = v.entry
    left join list_packs p on p.list = v.list
    left join (
        select entry, doctor, patient, list, day, sum(forbidden) as broken, count(*) - sum(forbidden) as held
        from found_beside
        group by entry, doctor, patient, list, day
    ) b on b.entry = v.entry and b.doctor = v.doctor and b.patient = v.patient and b.list = v.list and b.day = v.day
    where coalesce(b.broken, 0) = 0 and coalesce(b.held, 0) >= n.required
    group by v.entry, v.doctor, v.patient, v.source, v.item, v.day, v.prescriber, coalesce(p.packs, 0)
) s
group by s.entry, s.doctor, s.patient, s.source, s.item, s.day, s.prescriber
