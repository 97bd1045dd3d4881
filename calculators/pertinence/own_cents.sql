-- in: deliveries, listed; :first, :last
-- out: doctor, cents, lines, unpriced: base of what each doctor prescribed to his list in the year, net; those of its lines
--      that have no amount
select l.doctor, cast(coalesce(sum(d.base_cents), 0) as bigint) as cents,
    count(*) as lines, count(*) - count(d.base_cents) as unpriced
from deliveries d
join listed l on l.patient = d.patient and l.doctor = d.prescriber
where d.day >= :first and d.day <= :last
group by l.doctor
