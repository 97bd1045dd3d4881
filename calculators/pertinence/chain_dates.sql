-- in: counted, entries
-- out: entry, doctor, patient, day, gap, place: dates of the deliveries to be chained, numbered
select d.entry, d.doctor, d.patient, d.day, d.gap,
    row_number() over (partition by d.entry, d.doctor, d.patient order by d.day) as place
from (
    select distinct c.entry, c.doctor, c.patient, c.day, n.gap
    from counted c
    join entries n on n.entry = c.entry
    where n.chained = 1
) d
