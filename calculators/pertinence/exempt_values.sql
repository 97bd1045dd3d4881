-- in: drugs_prescribed, listed, drug_lists, entry_lists, entries, entry_exo (entry, exo), told_alds
-- out: entry, doctor, patient, value: cents of the doctor's prescriptions by ground of exoneration
select n.entry, l.doctor, l.patient, cast(sum(d.base_cents) as bigint) as value
from drugs_prescribed d
join listed l on l.patient = d.patient and l.doctor = d.prescriber
join drug_lists g on g.drug = d.drug
join entry_lists e on e.list = g.list
join entries n on n.entry = e.entry
left join entry_exo x on x.entry = n.entry and x.exo = d.exo
left join (select distinct patient from told_alds where in_table = 1) k on k.patient = d.patient
left join (select distinct patient, drug from told_alds where in_table = 1) r
    on r.patient = d.patient and r.drug = d.drug
where n.exempt = 1 and d.day >= n.from_day and d.day <= n.to_day and d.exo is not null
    and (n.any_exo = 1 or x.exo is not null)
    and (n.in_table = 0 or k.patient is not null)
    and (n.outside = 0 or r.patient is null)
group by n.entry, l.doctor, l.patient
having sum(d.base_cents) > 0
