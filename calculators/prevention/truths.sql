-- in: people, entries, entry_alds, counters, reached, progress, ald, c2s; parameters as_of, ald_known, c2s_known
-- out: entries that hold (2) or may hold (1) for each patient; an entry holds as much as its least criterion.
--      `doubt` says what made it uncertain: 1 sex, 2 ALD, 4 C2S, 8 acts or deliveries not covered
select patient, entry, indicator, excluded, rank,
    least(sex_truth, ald_truth, c2s_truth, recorded_truth) as truth,
    case when sex_truth = 1 then 1 else 0 end + case when ald_truth = 1 then 2 else 0 end
        + case when c2s_truth = 1 then 4 else 0 end + case when recorded_truth = 1 then 8 else 0 end as doubt
from (
    select p.patient, e.entry, e.indicator, e.excluded, e.rank,
        case when e.sex is null or p.sex is not null then 2 else 1 end as sex_truth,
        case when not e.needs_ald or a.entry is not null then 2 when :ald_known = 1 then 0 else 1 end as ald_truth,
        case
            when e.c2s is null then 2
            when r.patient is not null then case when e.c2s then 2 else 0 end
            when :c2s_known = 0 then 1
            when e.c2s then 0
            else 2
        end as c2s_truth,
        case
            when e.counter is null or coalesce(g.found, 0) >= c.required then 2
            when c.covered_from <= greatest(c.cover_day, coalesce(s.reached_day, c.cover_day)) then 0
            else 1
        end as recorded_truth
    from people p
    join entries e on p.age between e.age_min and e.age_max and (e.sex is null or p.sex is null or p.sex = e.sex)
    left join (
        select distinct l.patient, n.entry
        from ald l
        join entry_alds n on n.ald = l.ald
        where l.from_day <= :as_of and :as_of <= l.to_day
    ) a on a.patient = p.patient and a.entry = e.entry
    left join (
        select distinct patient from c2s where from_day <= :as_of and :as_of <= to_day
    ) r on r.patient = p.patient
    left join counters c on c.counter = e.counter
    left join reached s on s.shift = c.start_shift and s.birth_day = p.birth_day
    left join progress g on g.counter = e.counter and g.patient = p.patient
) weighed
where least(sex_truth, ald_truth, c2s_truth, recorded_truth) > 0
