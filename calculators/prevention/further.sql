-- in: concerned, entry_more, counters, reached, gathered
-- out: patient, entry, truth (2 hold, 1 may hold, 0 one does not), started (1: of one something is found, not enough), lost (1:
--      of one nothing is found), uncovered, undated (1: of one that may hold, the data or a date do not say): what the criteria on acts of an entry say together, from the second on
select patient, entry, min(recorded) as truth,
    max(case when short then 1 else 0 end) as started,
    max(case when recorded = 0 and not short then 1 else 0 end) as lost,
    max(case when recorded = 1 and not undated then 1 else 0 end) as uncovered,
    max(case when recorded = 1 and undated then 1 else 0 end) as undated
from (
    select q.patient, q.entry,
        not r.absent and coalesce(g.found, 0) > 0 and g.found < c.required as short,
        coalesce(g.found + g.possible, 0) >= c.required as undated,
        case
            when coalesce(g.found, 0) >= c.required then case when r.absent then 0 else 2 end
            when coalesce(g.found + g.possible, 0) >= c.required then 1
            when c.covered_from > greatest(c.cover_day, coalesce(s.reached_day, c.cover_day)) then 1
            when g.covered = 0 then 1
            when r.absent then 2
            else 0
        end as recorded
    from concerned q
    join entry_more r on r.entry = q.entry
    join counters c on c.counter = r.counter
    left join reached s on s.shift = c.start_shift and s.birth_day = q.birth_day
    left join gathered g on g.counter = r.counter and g.patient = q.patient
) weighed
group by patient, entry
