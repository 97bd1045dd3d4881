-- in: molecule_dates, drug_lists, entry_lists, entries, listed; :molecule_dates_from
-- out: entry, doctor, patient, value: molecules delivered on so many dates
select m.entry, l.doctor, l.patient, m.value
from (
    select n.entry, n.year, k.patient, cast(count(*) as bigint) as value
    from (
        select year, patient, drug
        from molecule_dates
        group by year, patient, drug
        having sum(dates) >= :molecule_dates_from
    ) k
    join drug_lists g on g.drug = k.drug
    join entry_lists e on e.list = g.list
    join entries n on n.entry = e.entry and n.counted_year = k.year
    where n.molecules = 1
    group by n.entry, n.year, k.patient
) m
join listed l on l.patient = m.patient and l.year = m.year
