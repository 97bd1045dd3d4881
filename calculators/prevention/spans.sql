-- in: vaccinations, people, counter_vaccines, counters, reached, ripe; :any_dose, :first_patient, :last_patient
-- out: counter, patient, day, first_day, last_day (on which the dose may have been given), low, high (of these, those that the
--      fixed ends of the window and the ages allow), whole (1: that is all of them, or no day matters): doses that are
--      dated by a month, a year, or by a day on which they were there
select counter, patient, case when precision = 3 then day else first_day end as day, first_day, last_day, low, high,
    case when precision = 3 then lifelong when low = first_day and high = last_day then 1 else 0 end as whole
from (
    select c.counter, v.patient, v.day, v.precision, c.lifelong, v.last_day,
        case when v.precision = 3 then p.birth_day else greatest(v.first_day, p.birth_day) end as first_day,
        greatest(
            case when v.precision = 3 then p.birth_day else greatest(v.first_day, p.birth_day) end, c.first_day,
            coalesce(s.reached_day, c.first_day), coalesce(y.reached_day, c.first_day), coalesce(r.from_day, c.first_day)
        ) as low,
        least(
            v.last_day, c.last_day, coalesce(f.reached_day - 1, c.last_day), coalesce(o.reached_day - 1, c.last_day)
        ) as high
    from vaccinations v
    join people p on p.patient = v.patient
    join counter_vaccines n on n.vaccine = v.vaccine
    join counters c on c.counter = n.counter
    left join reached s on s.shift = c.start_shift and s.birth_day = p.birth_day
    left join reached f on f.shift = c.end_shift and f.birth_day = p.birth_day
    left join reached y on y.shift = c.youngest_shift and y.birth_day = p.birth_day
    left join reached o on o.shift = c.oldest_shift and o.birth_day = p.birth_day
    left join ripe r on r.counter = c.counter and r.birth_day = p.birth_day and r.most = :any_dose
    where v.precision > 0 and v.patient between :first_patient and :last_patient
        and (v.precision < 3 or v.day <= c.last_day)
) allowed
where low <= high
