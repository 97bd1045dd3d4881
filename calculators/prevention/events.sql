-- in: people, acts, deliveries, counter_acts, counter_drugs, counter_products; parameters as_of, first_patient, last_patient
--     (keys of the cohort: the store is sorted by patient, so that only its part of the files is read)
-- out: distinct dates on which something a counter counts was really done, reversals netted per code and day
select c.counter, e.patient, e.day
from (
    select a.patient, a.act, a.day
    from acts a
    semi join people p on p.patient = a.patient
    semi join counter_acts u on u.act = a.act and u.useful_from <= a.day
    where a.patient between :first_patient and :last_patient and a.day <= :as_of
    group by a.patient, a.act, a.day
    having sum(a.quantity) > 0
) e
join counter_acts c on c.act = e.act and c.useful_from <= e.day
union
select c.counter, e.patient, e.day
from (
    select d.patient, d.drug, d.day
    from deliveries d
    semi join people p on p.patient = d.patient
    semi join counter_drugs u on u.drug = d.drug and u.useful_from <= d.day
    where d.patient between :first_patient and :last_patient and d.day <= :as_of
    group by d.patient, d.drug, d.day
    having sum(d.boxes) > 0
) e
join counter_drugs c on c.drug = e.drug and c.useful_from <= e.day
union
select c.counter, e.patient, e.day
from (
    select d.patient, d.product, d.day
    from deliveries d
    semi join people p on p.patient = d.patient
    semi join counter_products u on u.product = d.product and u.useful_from <= d.day
    where d.patient between :first_patient and :last_patient and d.day <= :as_of
    group by d.patient, d.product, d.day
    having sum(d.boxes) > 0
) e
join counter_products c on c.product = e.product and c.useful_from <= e.day
