-- in: paired_lines, acts_in_full, asked, paired_with (act); :first_day, :last_day
-- out: doctor, patient, day, name, line_cents, line_acts, quantity: acts billed on one invoice with a consultation. An act with a
--      reversal that does not say which line it takes back is left out: which base was paid is not known.
select l.doctor, l.patient, l.day, l.name, l.line_cents, l.line_acts, l.quantity
from paired_lines l
join (
    select distinct c.performer, c.patient, c.day, c.session
    from (
        select a.performer, a.patient, a.day, a.session, a.act
        from acts_in_full a
        join asked d on d.doctor = a.performer
        join paired_with w on w.act = a.act
        where a.session is not null and a.day between :first_day and :last_day
        group by a.performer, a.patient, a.day, a.session, a.act
        having sum(a.quantity) > 0
    ) c
) s on s.performer = l.doctor and s.patient = l.patient and s.day = l.day and s.session = l.session
left join (
    select distinct doctor, patient, day, session, name
    from paired_lines
    where quantity < 0
) r on r.doctor = l.doctor and r.patient = l.patient and r.day = l.day and r.session = l.session and r.name = l.name
where r.doctor is null and l.quantity > 0 and l.line_cents is not null
