-- in: prs, doubled, affine (one row per code of a line of care), firsts (the first code of a line that has several);
--     :main_activity, :first_phase
-- out: one row per act, delivery or code of a line that is kept, with the amounts on its first code; aside (null: kept)
select
    p.person, p.day, p.nature, coalesce(a.kind, 'prs_nat') as kind, a.code,
    case when a.kind in ('pha', 'bio', 'tip') then a.quantity else p.quantity end as quantity,
    case when f.first is null or a.rowid = f.first or p.base is null then p.base else 0 end as base,
    case when f.first is null or a.rowid = f.first or p.paid is null then p.paid else 0 end as paid,
    p.performer, p.performer_specialty, p.prescriber, p.prescriber_specialty, p.prescribed, p.exo, p.session,
    case
        when a.kind = 'ucd' then 'ucd'
        when coalesce(a.activity, :main_activity) <> :main_activity or coalesce(a.phase, 0) > :first_phase then 'activity'
        when case when a.kind in ('pha', 'bio', 'tip') then a.quantity else p.quantity end is null then 'uncounted'
    end as aside
from prs p
anti join doubled d on d.line = p.rowid
left join affine a on a.e1 = p.e1 and a.e2 = p.e2 and a.part is not distinct from p.part
left join firsts f on f.e1 = p.e1 and f.e2 = p.e2 and f.part is not distinct from p.part
where p.aside is null
