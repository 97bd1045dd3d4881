-- in: needs_of
-- out: patient, indicator, last_day, found, required: the requirement furthest from done of each patient and indicator;
--      alternatives speak through the nearest of them
select patient, indicator, last_day, found, required
from (
    select patient, indicator, last_day, found, required,
        row_number() over (partition by patient, indicator order by required - found desc, rank) as place
    from (
        select patient, indicator, rank, last_day, found, required,
            row_number() over (partition by patient, indicator, alternatives order by required - found, rank) as nearest
        from needs_of
    ) ranked
    where nearest = 1
) placed
where place = 1
