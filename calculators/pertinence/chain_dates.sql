-- in: counted, entries
-- out: entry, doctor, patient, day, gap, first_day (of the year), place: dates of the deliveries to be chained, numbered
select d.entry, d.doctor, d.patient, d.day, d.gap, d.first_day,
    row_number() over (partition by d.entry, d.doctor, d.patient order by d.day) as place
from (
    select distinct c.entry, c.doctor, c.patient, c.day, n.gap, n.first_day
    from counted c
    join entries n on n.entry = c.entry
    where n.chained = 1
) d
