-- in: events, counter_values, counter_acts, acts_done, act_results
-- out: counter, patient, day, outcome (2: a result counts; 1: it may, no result can tell; 0: every result says no): what the
--      results of that day say, where a counter asks. « Less than » and « more than » tell when all that the value may be is
--      on one side; a value in another unit than the one asked, or without, tells nothing.
select counter, patient, day, max(outcome) as outcome
from (
    select e.counter, e.patient, e.day,
        case
            when v.unit is not null and (r.unit is null or r.unit <> v.unit) then 1
            when coalesce(r.most < v.low or (r.most = v.low and r.comparator = '<'), false)
                or coalesce(r.least > v.high or (r.least = v.high and r.comparator = '>'), false)
            then 0
            when (v.low is null or coalesce(r.least >= v.low, false))
                and (v.high is null or coalesce(r.most <= v.high, false))
            then 2
            else 1
        end as outcome
    from events e
    join counter_values v on v.counter = e.counter
    join counter_acts k on k.counter = e.counter
    join acts_done a on a.patient = e.patient and a.act = k.act and a.day = e.day
    left join (
        select patient, act, day, unit, comparator,
            case when comparator is null or comparator = '>' or comparator = '>=' then value end as least,
            case when comparator is null or comparator = '<' or comparator = '<=' then value end as most
        from act_results
    ) r on r.patient = a.patient and r.act = a.act and r.day = a.day
) told
group by counter, patient, day
