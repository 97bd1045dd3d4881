-- in: standing, entries, needs, counters, people, reached, gathered
-- out: patient, indicator, entry, rank, bit, alternatives, required, found, bare, last_day, valid_until, lapsed_day, met (0 or
--      1), maybe (1: met, if doses without a day are in the window), covered (0 or 1), late (1: his data stop before the end of the
--      window), actionable_day: one row per requirement of those eligible and not excluded
select s.patient, s.indicator, n.entry, n.rank, n.bit, n.alternatives, c.required,
    coalesce(g.found, 0) as found, coalesce(g.bare, 0) as bare,
    g.last_day, g.valid_until, g.lapsed_day,
    case when coalesce(g.found, 0) >= c.required then 1 else 0 end as met,
    case when coalesce(g.found + g.possible, 0) >= c.required then 1 else 0 end as maybe,
    case
        when g.covered = 0 then 0
        when c.covered_from <= greatest(c.cover_day, coalesce(b.reached_day, c.cover_day)) then 1
        else 0
    end as covered,
    coalesce(g.late, 0) as late,
    case
        when f.reached_day is null or greatest(c.opens_day, coalesce(b.reached_day, c.opens_day)) < f.reached_day
        then greatest(c.opens_day, coalesce(b.reached_day, c.opens_day))
    end as actionable_day
from standing s
join entries e on e.indicator = s.indicator and e.rank = s.population_rank and not e.excluded
join needs n on n.entry = e.entry
join counters c on c.counter = n.counter
join people p on p.patient = s.patient
left join reached b on b.shift = c.start_shift and b.birth_day = p.birth_day
left join reached f on f.shift = c.end_shift and f.birth_day = p.birth_day
left join gathered g on g.counter = n.counter and g.patient = s.patient
where s.eligible = 2 and s.exclusion_rank is null
