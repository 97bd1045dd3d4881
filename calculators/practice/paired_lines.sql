-- in: acts_in_full, asked, paired_acts (act, name: an act whose pair is paid in full, from_day); :first_day, :last_day
-- out: doctor, patient, day, session, name, unit_cents (base of one act, null: not known), quantity: acts of the pairs by invoice
--      and base, reversals netted on all of these; below nought, a reversal of an act billed on another base
select t.performer as doctor, t.patient, t.day, t.session, p.name,
    cast(round(t.base_cents / nullif(t.quantity, 0)) as integer) as unit_cents, cast(sum(t.quantity) as bigint) as quantity
from acts_in_full t
join asked d on d.doctor = t.performer
join paired_acts p on p.act = t.act and t.day >= p.from_day
where t.day between :first_day and :last_day and t.session is not null
group by t.performer, t.patient, t.day, t.session, p.name, cast(round(t.base_cents / nullif(t.quantity, 0)) as integer)
