-- in: prs, doubled, affine (one row per code of a line of care), firsts (codes of the lines that have several);
--     :main_activity, :first_phase
-- out: one row per act, delivery or code of a line that is kept, with the amounts on its first code; aside (null: kept)
select
    p.person, p.day, p.nature, coalesce(a.kind, 'prs_nat') as kind, a.code,
    case when a.kind in ('pha', 'bio', 'tip') then a.quantity else p.quantity end as quantity,
    case when coalesce(f.nth, 1) = 1 or p.base is null then p.base else 0 end as base,
    case when coalesce(f.nth, 1) = 1 or p.paid is null then p.paid else 0 end as paid,
    p.performer, p.performer_specialty, p.prescriber, p.prescriber_specialty, p.prescribed, p.exo, p.invoice,
    case
        when a.kind = 'ucd' then 'ucd'
        when coalesce(a.activity, :main_activity) <> :main_activity or coalesce(a.phase, 0) > :first_phase then 'activity'
        when case when a.kind in ('pha', 'bio', 'tip') then a.quantity else p.quantity end is null then 'uncounted'
    end as aside
from prs p
anti join doubled d on d.line = p.rowid
left join affine a
    on a.invoice = p.invoice and a.document = p.document and a.number = p.number and a.part is not distinct from p.part
left join firsts f on f.line = a.rowid
where p.aside is null and not coalesce(f.copy, false)
