-- in: population, measured, measures
-- out: measure, doctor, stratum, patients, denominator, numerator, squares (of what each patient adds to the numerator),
--      earlier: one row per doctor, measure and stratum with patients
select s.measure, s.doctor, s.stratum, cast(sum(s.patients) as bigint) as patients,
    cast(sum(s.denominator) as bigint) as denominator, cast(sum(s.numerator) as bigint) as numerator,
    cast(sum(s.squares) as bigint) as squares, cast(sum(s.earlier) as bigint) as earlier
from (
    select measure, doctor, stratum, patients, patients as denominator, 0 as numerator, 0 as squares, 0 as earlier
    from population
    union all
    select d.measure, d.doctor, d.stratum, 1 - m.by_patient as patients, d.denominator, d.numerator,
        d.numerator * d.numerator as squares, d.earlier
    from measured d
    join measures m on m.measure = d.measure
) s
group by s.measure, s.doctor, s.stratum
