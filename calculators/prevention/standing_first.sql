-- in: truths
-- out: patient, indicator, eligible (truth), population_rank (first population that holds), exclusion_rank (first certain
--      exclusion that holds), possible_rank (first possible one), started (1: a possible exclusion is partly found),
--      first_doubt (rank, and what is in doubt, of the first population that may hold): for each patient, the indicators he
--      is, or may be, eligible for
select patient, indicator,
    max(case when not excluded then truth end) as eligible,
    min(case when not excluded and truth = 2 then rank end) as population_rank,
    min(case when excluded and not possible and truth = 2 then rank end) as exclusion_rank,
    min(case when possible and truth = 2 then rank end) as possible_rank,
    max(started) as started,
    min(case when not excluded and truth = 1 then 32 * rank + doubt end) as first_doubt
from truths
group by patient, indicator
having max(case when not excluded then truth end) is not null
