-- in: listed, circles (doctor, circle), own_care, tariffs
-- out: doctor (of the list), patient, acts, fee_cents: acts in scope done for a patient of a list by the doctors of its group
select l.doctor, l.patient, cast(sum(c.quantity) as bigint) as acts,
    cast(sum(cast(c.quantity as bigint) * t.unit_cents) as bigint) as fee_cents
from listed l
join circles o on o.doctor = l.doctor
join circles w on w.circle = o.circle
join own_care c on c.doctor = w.doctor and c.patient = l.patient
join tariffs t on t.act = c.act and t.scope = 1 and c.day between t.from_day and t.to_day
group by l.doctor, l.patient
