-- in: people, entries, entry_alds, ald_on_day
-- out: patient, birth_day, entry, doubt (what makes it uncertain: 1 sex, 2 ALD, 4 C2S): entries that hold or may hold for
--      each patient by age, sex, ALD and C2S; those that surely do not are left out, and for now those that read a right on
--      another day
select p.patient, p.birth_day, e.entry,
    case when e.sex is not null and p.sex is null then 1 else 0 end
        + case when e.needs_ald and a.entry is null then 2 else 0 end
        + case when e.c2s is not null and p.c2s is null then 4 else 0 end as doubt
from people p
join entries e
    on case e.age_day when 0 then p.age_0 when 1 then p.age_1 else p.age_2 end between e.age_min and e.age_max
    and (e.sex is null or p.sex is null or p.sex = e.sex)
left join (
    select distinct l.patient, n.entry
    from ald_on_day l
    join entry_alds n on n.ald = l.ald
) a on a.patient = p.patient and a.entry = e.entry
where not e.other_day
    and (not e.needs_ald or a.entry is not null or p.ald_told = 0)
    and (e.c2s is null or p.c2s is null or e.c2s = (p.c2s = 1))
