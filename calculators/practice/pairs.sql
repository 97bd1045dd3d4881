-- in: acts_in_full, asked, paired_acts (act, name: an act whose pair is paid in full, from_day), paired_with (act); :first_day,
--     :last_day
-- out: doctor, name, base_cents, sessions: acts billed in one session with a consultation, by the base they were paid on
select t.performer as doctor, p.name, t.base_cents, cast(sum(t.quantity) as bigint) as sessions
from acts_in_full t
join asked d on d.doctor = t.performer
join paired_acts p on p.act = t.act and t.day >= p.from_day
join (
    select distinct c.performer, c.session
    from acts_in_full c
    join paired_with w on w.act = c.act
    where c.session is not null and c.day between :first_day and :last_day
) s on s.performer = t.performer and s.session = t.session
where t.day between :first_day and :last_day and t.base_cents is not null
group by t.performer, p.name, t.base_cents
having sum(t.quantity) > 0
