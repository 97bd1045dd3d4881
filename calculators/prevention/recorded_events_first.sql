-- in: people, acts_counted, drugs_counted, products_counted, counter_drugs, counter_products;
--     :last_day (the last that any counter reads), :first_patient, :last_patient (keys of the cohort: the store is sorted by
--     patient, so that only its part of the files is read)
-- out: counter, patient, day, units: the distinct dates on which something a counter counts was really done, and how many
--      times, all its codes together (twice where its codes name one delivery by class and by product)
select counter, patient, day, cast(sum(units) as integer) as units
from (
    select counter, patient, day, units
    from acts_counted
    union all
    select c.counter, d.patient, d.day, d.boxes as units
    from drugs_counted d
    semi join people p on p.patient = d.patient
    join counter_drugs c on c.drug = d.drug and c.useful_from <= d.day and d.day <= c.useful_to
    where d.patient between :first_patient and :last_patient and d.day <= :last_day
    union all
    select c.counter, d.patient, d.day, d.boxes as units
    from products_counted d
    semi join people p on p.patient = d.patient
    join counter_products c on c.product = d.product and c.useful_from <= d.day and d.day <= c.useful_to
    where d.patient between :first_patient and :last_patient and d.day <= :last_day
) lines
group by counter, patient, day
