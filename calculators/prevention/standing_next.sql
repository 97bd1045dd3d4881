-- in: standing_before, settled
-- out: patient, indicator, eligible, population_rank, exclusion_rank, possible_rank, started, first_doubt: as before, without
--      possible exclusions for those whom the doctor says none applies to
select s.patient, s.indicator, s.eligible, s.population_rank, s.exclusion_rank,
    case when t.patient is null then s.possible_rank end as possible_rank,
    case when t.patient is null then s.started else 0 end as started,
    s.first_doubt
from standing_before s
left join settled t on t.patient = s.patient and t.indicator = s.indicator
