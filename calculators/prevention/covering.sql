-- in: counter_cares, counters, people, coverage, reached; :as_of, :late_days
-- out: counter, patient, covered (0 or 1), late (1: the data stop before the end of the window, not long before): windows of which
--      the data of a patient lack a day; up to his last covered day none may be, and after it few
select counter, patient, min(covered) as covered, max(late) as late
from (
    select counter, patient,
        case
            when first_day > last_day then 1
            when known_to is null or last_day - known_to > :late_days then 0
            when first_day > known_to or reaches >= least(last_day, known_to) then 1
            else 0
        end as covered,
        case when first_day <= last_day and last_day > known_to then 1 else 0 end as late
    from (
        select w.counter, w.patient, w.care, w.first_day, w.last_day,
            max(v.to_day) as known_to,
            max(case when v.from_day <= w.first_day then v.to_day end) as reaches
        from (
            select c.counter, p.patient, g.care,
                greatest(c.cover_day, coalesce(s.reached_day, c.cover_day)) as first_day,
                least(:as_of, coalesce(f.reached_day - 1, :as_of)) as last_day
            from counter_cares g
            join counters c on c.counter = g.counter
            join people p on p.birth_day is not null
            left join reached s on s.shift = c.start_shift and s.birth_day = p.birth_day
            left join reached f on f.shift = c.end_shift and f.birth_day = p.birth_day
        ) w
        left join coverage v on v.patient = w.patient and v.care = w.care
        group by w.counter, w.patient, w.care, w.first_day, w.last_day
    ) known
) judged
group by counter, patient
having min(covered) = 0 or max(late) = 1
