-- in: acts_counted_before, counter_tests; :result_days
-- out: counter, patient, day, units: as before, without the acts of biology of which a result of the same list is there, a few
--      days before or after: it is one test, on the day of the sampling. Results of one list on one day are one test.
select b.counter, b.patient, b.day, b.units
from acts_counted_before b
left join (
    select distinct n.counter, n.patient, n.day, n.act
    from acts_counted_before n
    join counter_tests o on o.counter = n.counter and o.act = n.act and o.kind = 1
    join counter_tests t on t.counter = o.counter and t.list = o.list and t.kind = 2
    join acts_counted_before r
        on r.counter = t.counter and r.act = t.act and r.patient = n.patient
        and r.day between n.day - :result_days and n.day + :result_days
) p on p.counter = b.counter and p.patient = b.patient and p.day = b.day and p.act = b.act
where b.kind <> 2 and p.counter is null
union all
select counter, patient, day, 1 as units
from (
    select distinct r.counter, r.patient, r.day, f.list
    from acts_counted_before r
    join (
        select counter, act, min(list) as list from counter_tests where kind = 2 group by counter, act
    ) f on f.counter = r.counter and f.act = r.act
    where r.kind = 2
) sampled
