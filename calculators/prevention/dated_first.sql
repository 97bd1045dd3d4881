-- in: events, counters, people, reached (ages), untils (validity of each day); :any_dose
-- out: counter, patient, day, until (first day on which it no longer counts), chain, spacing, gap_doses, ordered, units (that it
--      counts for), most (the last dose it may be), bare (1: its result is not known), counts (whether it may count at all:
--      inside the fixed ends of the window and at the right age): one row per event
select e.counter, e.patient, e.day, u.until, c.chain, c.spacing, c.gap_doses, c.ordered,
    case when c.by_quantity = 1 then e.units else 1 end as units, :any_dose as most, 0 as bare,
    case
        when e.day >= c.first_day
            and (s.reached_day is null or e.day >= s.reached_day)
            and (f.reached_day is null or e.day < f.reached_day)
            and (y.reached_day is null or e.day >= y.reached_day)
            and (o.reached_day is null or e.day < o.reached_day)
        then 1
        else 0
    end as counts
from events e
join counters c on c.counter = e.counter
join people p on p.patient = e.patient
join untils u on u.validity = c.validity and u.day = e.day
left join reached s on s.shift = c.start_shift and s.birth_day = p.birth_day
left join reached f on f.shift = c.end_shift and f.birth_day = p.birth_day
left join reached y on y.shift = c.youngest_shift and y.birth_day = p.birth_day
left join reached o on o.shift = c.oldest_shift and o.birth_day = p.birth_day
