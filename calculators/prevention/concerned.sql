-- in: people, entries, entry_alds, ald; parameters as_of, ald_known, c2s_known
-- out: entries that hold or may hold for each patient by age, sex, ALD and C2S; those that surely do not are left out.
--      `doubt` says what makes it uncertain: 1 sex, 2 ALD, 4 C2S
select p.patient, p.birth_day, e.entry,
    case when e.sex is not null and p.sex is null then 1 else 0 end
        + case when e.needs_ald and a.entry is null then 2 else 0 end
        + case when e.c2s is not null and p.helped = 0 and :c2s_known = 0 then 4 else 0 end as doubt
from people p
join entries e on p.age between e.age_min and e.age_max and (e.sex is null or p.sex is null or p.sex = e.sex)
left join (
    select distinct l.patient, n.entry
    from ald l
    join entry_alds n on n.ald = l.ald
    where l.from_day <= :as_of and :as_of <= l.to_day
) a on a.patient = p.patient and a.entry = e.entry
where (not e.needs_ald or a.entry is not null or :ald_known = 0)
    and (e.c2s is null or e.c2s = (p.helped = 1) or (p.helped = 0 and :c2s_known = 0))
