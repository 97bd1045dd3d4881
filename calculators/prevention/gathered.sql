-- in: progress, covering
-- out: counter, patient, last_day, found, possible, bare, valid_until, lapsed_day (as in progress), covered (0 or 1), late (0 or
--      1): what is recorded and what the data lack: one row per counter and patient with an event, or with a window of which the
--      data lack a day
select k.counter, k.patient, g.last_day, g.found, g.possible, g.bare, g.valid_until, g.lapsed_day,
    coalesce(v.covered, 1) as covered,
    coalesce(v.late, 0) as late
from (
    select counter, patient from progress
    union
    select counter, patient from covering
) k
left join progress g on g.counter = k.counter and g.patient = k.patient
left join covering v on v.counter = k.counter and v.patient = k.patient
