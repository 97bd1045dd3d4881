-- in: chain_dates
-- out: entry, doctor, patient, value: days from first to last of the longest chain that ends in the year
select r.entry, r.doctor, r.patient, max(r.value) as value
from (
    select n.entry, n.doctor, n.patient, n.chain, cast(max(n.day) - min(n.day) as bigint) as value
    from (
        select d.entry, d.doctor, d.patient, d.day, d.first_day,
            sum(case when d.day - b.day <= d.gap then 0 else 1 end)
                over (partition by d.entry, d.doctor, d.patient order by d.day) as chain
        from chain_dates d
        left join chain_dates b
            on b.entry = d.entry and b.doctor = d.doctor and b.patient = d.patient and b.place = d.place - 1
    ) n
    group by n.entry, n.doctor, n.patient, n.chain
    having max(n.day) >= max(n.first_day)
) r
group by r.entry, r.doctor, r.patient
