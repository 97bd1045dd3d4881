-- in: truths
-- out: for each patient and indicator he is, or may be, eligible for: truth, rank of the first population that holds, rank
--      of the first exclusion that holds, and what is in doubt in the first population that may hold
select patient, indicator,
    max(case when not excluded then truth end) as eligible,
    min(case when not excluded and truth = 2 then rank end) as population_rank,
    min(case when excluded and truth = 2 then rank end) as exclusion_rank,
    min(case when not excluded and truth = 1 then 16 * rank + doubt end) as first_doubt
from truths
group by patient, indicator
having max(case when not excluded then truth end) is not null
