-- in: listed, circles (doctor, circle), acts, tariffs, gp_specialties (specialty); :first_day, :last_day
-- out: doctor (of the list), patient, fee_cents: what other general practitioners were paid in scope for a patient of a list
select l.doctor, l.patient, cast(sum(cast(a.quantity as bigint) * t.unit_cents) as bigint) as fee_cents
from listed l
join circles o on o.doctor = l.doctor
join acts a on a.patient = l.patient
join gp_specialties s on s.specialty = a.performer_specialty
join tariffs t on t.act = a.act and t.scope = 1 and a.day between t.from_day and t.to_day
left join circles w on w.circle = o.circle and w.doctor = a.performer
where a.day between :first_day and :last_day and w.doctor is null
group by l.doctor, l.patient
