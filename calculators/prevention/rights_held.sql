-- in: rights_read
-- out: patient, entry, kind (ald or c2s): rights held on every day asked for, by those who have them: on the first, and on
--      each that follows the end of a period
select patient, entry, kind
from (
    select p.patient, p.entry, p.kind, p.point, max(case when r.patient is null then 0 else 1 end) as held
    from (
        select patient, entry, kind, held_from as point
        from rights_read
        union
        select patient, entry, kind, to_day + 1 as point
        from rights_read
        where held_from <= to_day and to_day < day
    ) p
    left join rights_read r
        on r.patient = p.patient and r.entry = p.entry and r.kind = p.kind
        and r.from_day <= p.point and p.point <= r.to_day
    group by p.patient, p.entry, p.kind, p.point
) points
group by patient, entry, kind
having min(held) = 1
