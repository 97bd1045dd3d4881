-- in: acts_counted_before; :result_days
-- out: counter, patient, day, kind, units: as before, without the acts of biology of which the result is there, a few days before
--      or after: it is one test, on the day of the sampling
select b.counter, b.patient, b.day, b.kind, b.units
from acts_counted_before b
left join (
    select distinct n.counter, n.patient, n.day
    from acts_counted_before n
    join acts_counted_before r
        on r.counter = n.counter and r.patient = n.patient and r.kind = 2
        and r.day between n.day - :result_days and n.day + :result_days
    where n.kind = 1
) t on t.counter = b.counter and t.patient = b.patient and t.day = b.day
where b.kind <> 1 or t.counter is null
