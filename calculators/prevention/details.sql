-- in: events, counters, people, outcomes, ripe; :any_dose
-- out: counter, patient, day, most (the last dose it may be by its age), fits (0: its result, or another vaccine just
--      before, rules it out), bare (1: no result is known): what must be known of an act beside its day,
--      where a counter asks
select e.counter, e.patient, e.day,
    case when c.ages = 0 then :any_dose else coalesce(r.most, 0) end as most,
    case when coalesce(o.outcome, 1) = 0 or n.counter is not null then 0 else 1 end as fits,
    case when c.valued = 1 and coalesce(o.outcome, 1) = 1 then 1 else 0 end as bare
from events e
join counters c on c.counter = e.counter and c.detailed = 1
join people p on p.patient = e.patient
left join outcomes o on o.counter = e.counter and o.patient = e.patient and o.day = e.day
left join ripe r on r.counter = e.counter and r.birth_day = p.birth_day and e.day >= r.from_day and e.day < r.to_day
left join (
    select distinct a.counter, a.patient, a.day
    from events a
    join counters w on w.counter = a.counter
    join events b on b.counter = w.apart and b.patient = a.patient and b.day < a.day and a.day < b.day + w.apart_days
) n on n.counter = e.counter and n.patient = e.patient and n.day = e.day
