-- in: concerned_before, people, entries, rights_held
-- out: patient, birth_day, entry, doubt: as before, with the entries that read a right on another day
select patient, birth_day, entry, doubt
from concerned_before
union all
select patient, birth_day, entry, doubt + case when c2s is not null and has_c2s is null then 4 else 0 end as doubt
from (
    select p.patient, p.birth_day, e.entry, e.c2s,
        case when e.sex is not null and p.sex is null then 1 else 0 end
            + case when e.needs_ald and a.entry is null then 2 else 0 end as doubt,
        case when c.entry is not null then 1 when p.c2s_told = 1 then 0 end as has_c2s
    from people p
    join entries e
        on case e.age_day when 0 then p.age_0 when 1 then p.age_1 else p.age_2 end between e.age_min and e.age_max
        and (e.sex is null or p.sex is null or p.sex = e.sex)
    left join rights_held a on a.patient = p.patient and a.entry = e.entry and a.kind = 'ald'
    left join rights_held c on c.patient = p.patient and c.entry = e.entry and c.kind = 'c2s'
    where e.other_day and (not e.needs_ald or a.entry is not null or p.ald_told = 0)
) read
where c2s is null or has_c2s is null or c2s = (has_c2s = 1)
