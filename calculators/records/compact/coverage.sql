-- in: usable_coverage, patient_keys
-- out: patient, care (0 acts, 1 tests, 2 deliveries, 3 vaccines, 4 stays), from_day, to_day: the stretches of days on which the care of a
--      patient is complete. Tests are covered by biology or acts, vaccines by vaccinations or deliveries; periods that touch
--      are one stretch.
select patient, care, min(from_day) as from_day, max(to_day) as to_day
from (
    select patient, care, from_day, to_day,
        sum(begins) over (partition by patient, care order by from_day, to_day rows unbounded preceding) as stretch
    from (
        select patient, care, from_day, to_day,
            case
                when from_day <= 1 + max(to_day) over (
                    partition by patient, care order by from_day, to_day rows between unbounded preceding and 1 preceding
                ) then 0
                else 1
            end as begins
        from (
            select p.patient, g.care,
                cast(c.from_date - date '1970-01-01' as integer) as from_day,
                cast(c.to_date - date '1970-01-01' as integer) as to_day
            from usable_coverage c
            join patient_keys p on p.patient_id = c.patient_id
            join (
                select 'acts' as domain, cast(0 as integer) as care
                union all select 'acts', 1
                union all select 'biology', 1
                union all select 'deliveries', 2
                union all select 'deliveries', 3
                union all select 'vaccinations', 3
                union all select 'stays', 4
            ) g on g.domain = c.domain
            where c.from_date <= c.to_date
            group by p.patient, g.care, c.from_date, c.to_date  -- twice the same, either could be the one that begins
        ) periods
    ) marked
) numbered
group by patient, care, stretch
order by patient, care, from_day
