-- in: population, measured, measures
-- out: measure, doctor, stratum, patients, denominator, numerator, squares (of what each patient adds to the numerator),
--      earlier, lines, unpriced (of amounts of money: how many there are, and how many have no amount): one row per doctor,
--      measure and stratum with patients
select s.measure, s.doctor, s.stratum, cast(sum(s.patients) as bigint) as patients,
    cast(sum(s.denominator) as bigint) as denominator, cast(sum(s.numerator) as bigint) as numerator,
    cast(sum(s.squares) as bigint) as squares, cast(sum(s.earlier) as bigint) as earlier,
    cast(sum(s.lines) as bigint) as lines, cast(sum(s.unpriced) as bigint) as unpriced
from (
    select measure, doctor, stratum, patients, patients as denominator, 0 as numerator, 0 as squares, 0 as earlier,
        0 as lines, 0 as unpriced
    from population
    union all
    select d.measure, d.doctor, d.stratum, case when d.denominator > 0 then 1 - m.by_patient else 0 end as patients,
        d.denominator, d.numerator, d.numerator * d.numerator as squares, d.earlier, d.lines, d.unpriced
    from measured d
    join measures m on m.measure = d.measure
) s
group by s.measure, s.doctor, s.stratum
