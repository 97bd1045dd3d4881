-- in: concerned, entries, counters, reached, progress
-- out: patient, entry, indicator, excluded, rank, doubt (as in concerned, plus 8 when acts or deliveries are not covered),
--      truth (2 holds, 1 may hold): what each entry is for each patient, what is recorded included
select patient, entry, indicator, excluded, rank, doubt, case when doubt = 0 then 2 else 1 end as truth
from (
    select q.patient, q.entry, e.indicator, e.excluded, e.rank,
        q.doubt + case when coalesce(g.found, 0) < c.required then 8 else 0 end as doubt
    from concerned q
    join entries e on e.entry = q.entry
    left join counters c on c.counter = e.counter
    left join reached s on s.shift = c.start_shift and s.birth_day = q.birth_day
    left join progress g on g.counter = e.counter and g.patient = q.patient
    where e.counter is null
        or coalesce(g.found, 0) >= c.required
        or c.covered_from > greatest(c.cover_day, coalesce(s.reached_day, c.cover_day))
) weighed
