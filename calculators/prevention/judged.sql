-- in: listed, standing, verdicts
-- out: place (in `listed`), patient, indicator, status (1 excluded, 2 unknown, 3 up_to_date, 4 due), doubtful (not up to date,
--      and a possible exclusion), population_rank, excluded_rank, started, doubt, entry, bits, valid_until, lapsed_day,
--      actionable_day, bare, uncovered, undated, late: one row per (patient, doctor) and indicator he is or may be
--      eligible for
select l.place, s.patient, s.indicator,
    case
        when s.exclusion_rank is not null then 1
        when s.eligible = 1 then 2
        when v.unmet = 0 then 3
        when s.possible_rank is not null or v.uncovered = 1 or v.undated = 1 then 2
        else 4
    end as status,
    s.possible_rank is not null and coalesce(v.unmet, 0) = 1 as doubtful,
    s.population_rank, coalesce(s.exclusion_rank, s.possible_rank) as excluded_rank, s.started,
    s.first_doubt % 32 as doubt,
    v.entry, v.bits, v.valid_until, v.lapsed_day, v.actionable_day, v.bare, v.uncovered, v.undated, v.late
from standing s
join listed l on l.patient = s.patient
left join verdicts v on v.patient = s.patient and v.indicator = s.indicator
