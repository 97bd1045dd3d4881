-- in: registrations, asked, patients, rights_on_days, years (year, first, last, day_before), birth_years (year, age,
--     born_from, born_to), covers, seen, listed_before; :patient_from, :patient_to, :complete_from (since when care is complete
--     where nothing is said patient by patient, else null)
-- out: year, doctor, patient, age (on 31 December), sex (0 F, 1 M), ald, c2s (1, 0, or null: not recorded), seen, before (1 or 0),
--      deliveries_from, acts_from: the lists of 31 December of the years; a patient of unknown sex fits no stratum and is left out
select r.year, r.doctor, r.patient, a.age, case when p.sex = 'F' then 0 else 1 end as sex, g.ald, g.c2s,
    case when s.patient is null then 0 else 1 end as seen,
    case when b.patient is null then 0 else 1 end as before,
    coalesce(c.deliveries_from, :complete_from) as deliveries_from,
    coalesce(c.acts_from, :complete_from) as acts_from
from (
    select y.year, y.last, g.doctor, g.patient
    from registrations g
    semi join asked on asked.doctor = g.doctor
    join years y on g.from_day <= y.last and g.to_day >= y.last
    where g.patient >= :patient_from and g.patient < :patient_to
    group by y.year, y.last, g.doctor, g.patient
) r
join patients p on p.patient = r.patient
join birth_years a on a.year = r.year and p.birth_day >= a.born_from and p.birth_day <= a.born_to
join rights_on_days g on g.day = r.last and g.patient = r.patient
left join covers c on c.year = r.year and c.patient = r.patient
left join seen s on s.year = r.year and s.doctor = r.doctor and s.patient = r.patient
left join listed_before b on b.year = r.year and b.doctor = r.doctor and b.patient = r.patient
where p.died_day > r.last and p.sex is not null
