-- in: recorded_events_before, vaccinations, people, counter_vaccines; :last_day, :first_patient, :last_patient
-- out: counter, patient, day, units: as before, with the injections of which the day is known
select counter, patient, day, cast(sum(units) as integer) as units
from (
    select counter, patient, day, units
    from recorded_events_before
    union all
    select c.counter, v.patient, v.day, 1 as units
    from vaccinations v
    semi join people p on p.patient = v.patient
    join counter_vaccines c on c.vaccine = v.vaccine and c.useful_from <= v.day and v.day <= c.useful_to
    where v.precision = 0 and v.patient between :first_patient and :last_patient and v.day <= :last_day
) given
group by counter, patient, day
