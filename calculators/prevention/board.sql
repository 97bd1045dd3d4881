-- in: cohort, indicators, standing, entries, verdicts, furthest, missing, patient_keys, professional_keys;
--     parameter open_end
-- out: one row per (patient, doctor, indicator), the columns of the definition; days as integers
select b.patient_id, b.doctor_id, b.indicator, b.status,
    b.population, b.excluded_by, b.last_on, b.count, b.required, b.missing,
    case
        when b.status = 'due' then b.lapsed_day
        when b.status = 'up_to_date' and b.valid_until < :open_end then b.valid_until
    end as due_on,
    case when b.status = 'due' or (b.status = 'unknown' and b.population is not null) then b.actionable_day end
        as actionable_on,
    b.status = 'up_to_date' as validated,
    case when b.status = 'unknown' then case when b.population is null then b.doubt else 8 end else 0 end as doubt
from (
    select pk.patient_id, dk.professional_id as doctor_id, i.id as indicator, i.indicator as position,
        case
            when s.patient is null then 'not_eligible'
            when s.exclusion_rank is not null then 'excluded'
            when s.eligible = 1 then 'unknown'
            when v.unmet = 0 then 'up_to_date'
            when v.uncovered = 1 then 'unknown'
            else 'due'
        end as status,
        e.label as population, x.label as excluded_by,
        f.last_day as last_on, f.found as count, f.required, m.missing,
        v.valid_until, v.lapsed_day, v.actionable_day, s.first_doubt % 16 as doubt
    from cohort c
    cross join indicators i
    join patient_keys pk on pk.patient = c.patient
    join professional_keys dk on dk.professional = c.doctor
    left join standing s on s.patient = c.patient and s.indicator = i.indicator
    left join entries e on e.indicator = s.indicator and e.rank = s.population_rank and not e.excluded
    left join entries x on x.indicator = s.indicator and x.rank = s.exclusion_rank and x.excluded
    left join verdicts v on v.patient = c.patient and v.indicator = i.indicator
    left join furthest f on f.patient = c.patient and f.indicator = i.indicator
    left join missing m on m.entry = v.entry and m.bits = v.bits
) b
order by b.doctor_id, b.patient_id, b.position
