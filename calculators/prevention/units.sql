-- in: events, counters, acts_done, drugs_delivered, products_delivered, counter_acts, counter_drugs, counter_products
-- out: counter, patient, day, units: where units are counted, how many that day, all the codes of the counter together
select counter, patient, day, cast(sum(quantity) as integer) as units
from (
    select e.counter, e.patient, e.day, a.quantity
    from events e
    join (select distinct counter, act from counter_acts) k on k.counter = e.counter
    join acts_done a on a.patient = e.patient and a.act = k.act and a.day = e.day
    union all
    select e.counter, e.patient, e.day, d.boxes as quantity
    from events e
    join (select distinct counter, drug from counter_drugs) k on k.counter = e.counter
    join drugs_delivered d on d.patient = e.patient and d.drug = k.drug and d.day = e.day
    union all
    select e.counter, e.patient, e.day, d.boxes as quantity
    from events e
    join (select distinct counter, product from counter_products) k on k.counter = e.counter
    join products_delivered d on d.patient = e.patient and d.product = k.product and d.day = e.day
) lines
semi join counters c on c.counter = lines.counter and c.by_quantity = 1
group by counter, patient, day
