-- in: people, acts_done, counter_acts;
--     :last_day (the last that any counter reads), :first_patient, :last_patient (keys of the cohort: the store is sorted by
--     patient, so that only its part of the files is read)
-- out: counter, patient, day, act, kind, units: acts that each counter counts
select c.counter, a.patient, a.day, c.act, c.kind, a.quantity as units
from acts_done a
semi join people p on p.patient = a.patient
join counter_acts c on c.act = a.act and c.useful_from <= a.day and a.day <= c.useful_to
where a.patient between :first_patient and :last_patient and a.day <= :last_day
