-- in: concerned, entries, counters, reached, gathered
-- out: patient, entry, indicator, excluded, possible, rank, doubt (as in concerned, plus 8 when acts or deliveries are not
--      covered, 16 when a date is not known well enough), truth (2 holds, 1 may hold, 0 does not), started (1: a possible exclusion of which something is found, not
--      enough): what each entry is for each patient, the first of its criteria on acts included; one that does not hold is
--      only kept when it is started
select patient, entry, indicator, excluded, possible, rank,
    doubt + case when recorded = 1 and undated then 16 when recorded = 1 then 8 else 0 end as doubt,
    case when recorded = 2 and doubt > 0 then 1 else recorded end as truth,
    case when possible and short then 1 else 0 end as started
from (
    select q.patient, q.entry, e.indicator, e.excluded, e.possible, e.rank, q.doubt,
        not e.absent and coalesce(g.found, 0) > 0 and g.found < c.required as short,
        e.counter is not null and coalesce(g.found + g.possible, 0) >= c.required as undated,
        case
            when e.counter is null then 2
            when coalesce(g.found, 0) >= c.required then case when e.absent then 0 else 2 end
            when coalesce(g.found + g.possible, 0) >= c.required then 1
            when c.covered_from > greatest(c.cover_day, coalesce(s.reached_day, c.cover_day)) then 1
            when g.covered = 0 then 1
            when e.absent then 2
            else 0
        end as recorded
    from concerned q
    join entries e on e.entry = q.entry
    left join counters c on c.counter = e.counter
    left join reached s on s.shift = c.start_shift and s.birth_day = q.birth_day
    left join gathered g on g.counter = e.counter and g.patient = q.patient
) weighed
where recorded > 0 or (possible and short)
