-- in: chains_before, dated, gaps; :length
-- out: counter, patient, day, until, chain, spacing, gap_doses, held, last_day: chains that need it are longer by the next act
--      that is far enough and may be that dose; those that have none are dropped
select counter, patient, day, until, chain, spacing, gap_doses, held, last_day
from chains_before
where held >= chain
union all
select f.counter, f.patient, f.day, f.until, f.chain, f.spacing, f.gap_doses, f.held + d.units as held, f.last_day
from (
    select h.counter, h.patient, h.day, h.until, h.chain, h.spacing, h.gap_doses, h.held, min(n.day) as last_day
    from chains_before h
    left join gaps g on g.counter = h.counter and g.dose = least(:length - 1, h.gap_doses) and g.day = h.last_day
    join dated n
        on n.counter = h.counter and n.patient = h.patient and n.counts = 1 and n.most >= :length
        and n.day >= coalesce(g.next_day, h.last_day + h.spacing)
    where h.held < h.chain
    group by h.counter, h.patient, h.day, h.until, h.chain, h.spacing, h.gap_doses, h.held
) f
join dated d on d.counter = f.counter and d.patient = f.patient and d.day = f.last_day
