-- in: recorded_events, noted_events, declared (patient_id, indicator, day), patient_keys, indicators, entries, needs, counters
-- out: counter, patient, day, units: what is recorded and what the doctor notes, plus one on each date he declares the act done
--      elsewhere, for every requirement of the indicator
select counter, patient, day, max(units) as units
from (
    select counter, patient, day, units from recorded_events
    union all
    select counter, patient, day, units from noted_events
    union all
    select n.counter, k.patient, d.day, 1 as units
    from declared d
    join patient_keys k on k.patient_id = d.patient_id
    join indicators i on i.id = d.indicator
    join entries e on e.indicator = i.indicator
    join needs n on n.entry = e.entry
    join counters c on c.counter = n.counter and d.day <= c.last_day
) said
group by counter, patient, day
