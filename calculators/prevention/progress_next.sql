-- in: progress_before, vague, dated, counters; :as_of
-- out: counter, patient, last_day, found, possible, bare, valid_until, lapsed_day: as before, with the doses without a day. Where
--      several are needed and one of these counts, the requirement is met until the first that counts is lost.
select counter, patient, last_day, found, possible, bare,
    greatest(coalesce(valid_until, with_vague), coalesce(with_vague, valid_until)) as valid_until,
    case
        when chain > 1 then lapsed_day
        else greatest(coalesce(lapsed_day, vague_lapsed_day), coalesce(vague_lapsed_day, lapsed_day))
    end as lapsed_day
from (
    select k.counter, k.patient, c.chain,
        greatest(coalesce(b.last_day, v.last_day), coalesce(v.last_day, b.last_day)) as last_day,
        coalesce(b.found, 0) + coalesce(v.certain, 0) as found,
        coalesce(v.possible, 0) as possible,
        coalesce(b.bare, 0) as bare,
        b.valid_until, b.lapsed_day, v.lapsed_day as vague_lapsed_day,
        case
            when c.chain = 1 then v.valid_until
            when v.certain > 0 and coalesce(b.found, 0) + v.certain >= c.required
            then least(v.first_until, coalesce(d.first_until, v.first_until))
        end as with_vague
    from (
        select counter, patient from progress_before
        union
        select counter, patient from vague
    ) k
    join counters c on c.counter = k.counter
    left join progress_before b on b.counter = k.counter and b.patient = k.patient
    left join vague v on v.counter = k.counter and v.patient = k.patient
    left join (
        select counter, patient, min(case when counts = 1 and until > :as_of then until end) as first_until
        from dated
        group by counter, patient
    ) d on d.counter = k.counter and d.patient = k.patient
) joined
