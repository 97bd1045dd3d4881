-- in: judged, entries, furthest, missing; :open_end
-- out: place, indicator, status (0, not_eligible, has no row),
--      population (entry that held), excluded_by (idem), last_on, found, required, missing (place in the list of what is
--      missing), due_on, actionable_on, doubt, noted (1 a possible exclusion is partly found, 2 a result is not known,
--      4 the data of the patient stop before the day judged): one
--      row per (patient, doctor) and indicator he is or may be eligible for, in numbers
select place, indicator, status, population,
    case when status = 1 or doubtful then excluded_by end as excluded_by,
    last_on, found, required, missing,
    case
        when status = 4 then lapsed_day
        when status = 3 and valid_until < :open_end then valid_until
    end as due_on,
    case when not doubtful then actionable_day end as actionable_on,
    case
        when status <> 2 then 0
        when population is null then doubt
        when doubtful then 32
        else 8 * uncovered + 16 * undated
    end as doubt,
    case when started = 1 and not doubtful and status > 1 and population is not null then 1 else 0 end
        + case when status = 3 and bare = 1 then 2 else 0 end
        + case when status = 4 and late = 1 then 4 else 0 end as noted
from (
    select j.place, j.indicator, j.status, j.doubtful, e.entry as population, x.entry as excluded_by,
        f.last_day as last_on, f.found, f.required, m.place as missing,
        j.valid_until, j.lapsed_day, j.actionable_day, j.bare, j.uncovered, j.undated, j.late, j.started, j.doubt
    from judged j
    left join entries e on e.indicator = j.indicator and e.rank = j.population_rank and not e.excluded
    left join entries x on x.indicator = j.indicator and x.rank = j.excluded_rank and x.excluded
    left join furthest f on f.patient = j.patient and f.indicator = j.indicator
    left join missing m on m.entry = j.entry and m.bits = j.bits
) b
