-- in: acts_in_full, asked, paired_acts (act, name: an act whose pair is paid in full, from_day); :first_day, :last_day
-- out: doctor, patient, day, session, name, line_cents, line_acts (base, null: not known, and acts of a line, without their
--      sign), quantity: acts of the pairs by invoice and kind of line, reversals netted on all of these; below nought, a
--      reversal of another kind of line
select t.doctor, t.patient, t.day, t.session, t.name, t.line_cents, t.line_acts, cast(sum(t.quantity) as bigint) as quantity
from (
    select a.performer as doctor, a.patient, a.day, a.session, p.name, a.quantity,
        case when a.quantity < 0 then 0 - a.base_cents else a.base_cents end as line_cents,
        case when a.quantity < 0 then 0 - a.quantity else a.quantity end as line_acts
    from acts_in_full a
    join asked d on d.doctor = a.performer
    join paired_acts p on p.act = a.act and a.day >= p.from_day
    where a.day between :first_day and :last_day and a.session is not null
) t
group by t.doctor, t.patient, t.day, t.session, t.name, t.line_cents, t.line_acts
