-- in: deliveries; :first, :last
-- out: doctor, from_source, from_reference, without: delivery lines of each prescriber by where their amount comes from
select prescriber as doctor,
    cast(sum(case when from_reference = 0 then 1 else 0 end) as bigint) as from_source,
    cast(sum(case when from_reference = 1 then 1 else 0 end) as bigint) as from_reference,
    cast(sum(case when from_reference is null then 1 else 0 end) as bigint) as without
from deliveries
where prescriber is not null and day >= :first and day <= :last
group by prescriber
