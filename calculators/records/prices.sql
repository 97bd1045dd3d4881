-- in: deliveries; :doctor (-1: all), :first, :last
-- out: from_source, from_reference, without: delivery lines by where their amount comes from
select
    cast(sum(case when from_reference = 0 then 1 else 0 end) as bigint) as from_source,
    cast(sum(case when from_reference = 1 then 1 else 0 end) as bigint) as from_reference,
    cast(sum(case when from_reference is null then 1 else 0 end) as bigint) as without
from deliveries
where (:doctor = -1 or prescriber = :doctor) and day >= :first and day <= :last
