-- in: tally_before, dated, gaps
-- out: counter, patient, found, last_day: the next act far enough from the last one counted, and old enough for that dose, is
--      counted too
select t.counter, t.patient,
    t.found + case when n.day is null then 0 else 1 end as found,
    coalesce(n.day, t.last_day) as last_day
from tally_before t
left join (
    select b.counter, b.patient, min(d.day) as day
    from tally_before b
    join dated d on d.counter = b.counter and d.patient = b.patient
    left join gaps g on g.counter = b.counter and g.dose = least(b.found, d.gap_doses) and g.day = b.last_day
    where d.counts = 1 and d.most > b.found and d.day >= coalesce(g.next_day, b.last_day + d.spacing)
    group by b.counter, b.patient
) n on n.counter = t.counter and n.patient = t.patient
