-- in: counted, entries
-- out: entry, doctor, patient, value, lines, unpriced: lines added up as each count does; of amounts of money, how many there
--      are, and how many of them have no amount
select d.entry, d.doctor, d.patient,
    cast(case when n.amount = 'patients' then 1 when n.amount = 'patient_dates' then count(*)
        when n.amount = 'lines' then sum(d.lines) when n.amount = 'units' then sum(d.units)
        when n.amount = 'base_cents' then coalesce(sum(d.cents), 0) else sum(d.quantity) end as bigint) as value,
    cast(case when n.amount = 'base_cents' then sum(d.lines) else 0 end as bigint) as lines,
    cast(case when n.amount = 'base_cents' then sum(d.lines) - sum(d.priced) else 0 end as bigint) as unpriced
from (
    select entry, doctor, patient, day, count(*) as lines, count(cents) as priced, sum(quantity) as quantity, sum(units) as units,
        sum(cents) as cents
    from counted
    group by entry, doctor, patient, day
) d
join entries n on n.entry = d.entry
where n.chained = 0
group by d.entry, d.doctor, d.patient, n.amount
