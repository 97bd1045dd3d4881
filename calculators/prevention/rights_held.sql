-- in: people, moments, ald, c2s
-- out: patient, entry, kind (ald or c2s): rights that an entry reads on another day, or held since another, for those who
--      have them: one unbroken spell over all these days, of the ALD of the entry or from one of them to the next
select distinct patient, entry, kind
from (
    select patient, entry, kind, held_from, day, min(from_day) as from_day, max(to_day) as to_day
    from (
        select patient, entry, kind, held_from, day, from_day, to_day,
            sum(begins) over (partition by patient, entry, kind order by from_day, to_day
                rows between unbounded preceding and current row) as spell
        from (
            select patient, entry, kind, held_from, day, from_day, to_day,
                case
                    when from_day <= 1 + max(to_day) over (partition by patient, entry, kind order by from_day, to_day
                        rows between unbounded preceding and 1 preceding)
                    then 0
                    else 1
                end as begins
            from (
                select a.patient, m.entry, 'ald' as kind, m.held_from, m.day, a.from_day, a.to_day
                from ald a
                join moments m on m.ald = a.ald
                where a.from_day <= a.to_day
                union
                select c.patient, m.entry, 'c2s' as kind, m.held_from, m.day, c.from_day, c.to_day
                from c2s c
                join moments m on m.ald is null
                where c.from_day <= c.to_day
            ) periods
            semi join people on people.patient = periods.patient
        ) begun
    ) numbered
    group by patient, entry, kind, held_from, day, spell
) spells
where from_day <= held_from and day <= to_day
