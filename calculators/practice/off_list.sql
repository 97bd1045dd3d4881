-- in: listed, circles (doctor, circle), own_care, tariffs
-- out: doctor, fee_cents: what each doctor was paid in scope for patients who are on no list of his group
select c.doctor, cast(sum(cast(c.quantity as bigint) * t.unit_cents) as bigint) as fee_cents
from own_care c
join tariffs t on t.act = c.act and t.scope = 1 and c.day between t.from_day and t.to_day
join circles o on o.doctor = c.doctor
left join (
    select distinct w.circle, l.patient
    from listed l
    join circles w on w.doctor = l.doctor
) h on h.circle = o.circle and h.patient = c.patient
where h.patient is null
group by c.doctor
