-- in: listed, standing, entries, verdicts, furthest, missing; :open_end
-- out: place (in `listed`), indicator, status (1 excluded, 2 unknown, 3 up_to_date, 4 due; 0, not_eligible, has no row),
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
    select l.place, s.indicator,
        case
            when s.exclusion_rank is not null then 1
            when s.eligible = 1 then 2
            when v.unmet = 0 then 3
            when s.possible_rank is not null or v.uncovered = 1 or v.undated = 1 then 2
            else 4
        end as status,
        s.possible_rank is not null and coalesce(v.unmet, 0) = 1 as doubtful,
        e.entry as population, x.entry as excluded_by,
        f.last_day as last_on, f.found, f.required, m.place as missing,
        v.valid_until, v.lapsed_day, v.actionable_day, v.bare, v.uncovered, v.undated, v.late, s.started,
        s.first_doubt % 32 as doubt
    from standing s
    join listed l on l.patient = s.patient
    left join entries e on e.indicator = s.indicator and e.rank = s.population_rank and not e.excluded
    left join entries x
        on x.indicator = s.indicator and x.rank = coalesce(s.exclusion_rank, s.possible_rank) and x.excluded
    left join verdicts v on v.patient = s.patient and v.indicator = s.indicator
    left join furthest f on f.patient = s.patient and f.indicator = s.indicator
    left join missing m on m.entry = v.entry and m.bits = v.bits
) b
