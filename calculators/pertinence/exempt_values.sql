-- in: drugs_prescribed, listed, drug_lists, entry_lists, entries, entry_exo (entry, exo), told_alds; :first, :last, :doctor_from, :doctor_to
-- out: entry, doctor, patient, value, lines, unpriced: cents of the doctor's prescriptions by ground of exoneration; how many
--      lines there are, and how many of them have no amount
select n.entry, l.doctor, l.patient, cast(greatest(coalesce(sum(d.base_cents), 0), 0) as bigint) as value,
    count(*) as lines, count(*) - count(d.base_cents) as unpriced
from drugs_prescribed d
join listed l on l.patient = d.patient and l.doctor = d.prescriber
join drug_lists g on g.drug = d.drug
join entry_lists e on e.list = g.list
join entries n on n.entry = e.entry and n.year = l.year
left join entry_exo x on x.entry = n.entry and x.exo = d.exo
left join (select distinct year, patient from told_alds where in_table = 1) k on k.year = l.year and k.patient = d.patient
left join (select distinct year, patient, drug from told_alds where in_table = 1) r
    on r.year = l.year and r.patient = d.patient and r.drug = d.drug
where d.day >= :first and d.day <= :last and d.prescriber >= :doctor_from and d.prescriber <= :doctor_to
    and d.day >= n.first_day and d.day <= n.to_day and n.exempt = 1 and d.exo is not null
    and (n.any_exo = 1 or x.exo is not null)
    and (n.in_table = 0 or k.patient is not null)
    and (n.outside = 0 or r.patient is null)
group by n.entry, l.doctor, l.patient
