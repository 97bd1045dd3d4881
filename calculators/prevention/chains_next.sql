-- in: chains_before, dated; :length
-- out: counter, patient, day, until, chain, spacing, last_day: chains that need it are longer by the next act that is far
--      enough; those that have none are dropped
select counter, patient, day, until, chain, spacing, last_day
from chains_before
where chain < :length
union all
select h.counter, h.patient, h.day, h.until, h.chain, h.spacing, min(n.day) as last_day
from chains_before h
join dated n
    on n.counter = h.counter and n.patient = h.patient and n.counts = 1 and n.day >= h.last_day + h.spacing
where h.chain >= :length
group by h.counter, h.patient, h.day, h.until, h.chain, h.spacing
