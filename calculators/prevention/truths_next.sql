-- in: truths_before, further
-- out: patient, entry, indicator, excluded, possible, rank, doubt, truth, started: as before, all the criteria on acts included
select patient, entry, indicator, excluded, possible, rank, doubt, truth, started
from (
    select b.patient, b.entry, b.indicator, b.excluded, b.possible, b.rank,
        b.doubt + case when m.truth = 1 and m.uncovered = 1 and b.doubt % 16 < 8 then 8 else 0 end
            + case when m.truth = 1 and m.undated = 1 and b.doubt < 16 then 16 else 0 end as doubt,
        least(b.truth, coalesce(m.truth, 2)) as truth,
        case
            when not b.possible or coalesce(m.lost, 0) = 1 then 0
            else greatest(b.started, coalesce(m.started, 0))
        end as started
    from truths_before b
    left join further m on m.patient = b.patient and m.entry = b.entry
) weighed
where truth > 0 or started = 1
