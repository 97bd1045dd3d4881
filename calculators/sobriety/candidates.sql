-- in: registrations, asked (doctor), of_age (patients old enough, with their age_class);
--     :before (31 December N-1), :last (31 December N)
-- out: doctor, patient, age_class, sex (0 F, 1 M): registered with the doctor on both days, of age, alive on the last.
--      A patient of unknown sex fits no stratum and is left out.
select r.doctor, r.patient, p.age_class, case when p.sex = 'F' then 0 else 1 end as sex
from (
    select g.doctor, g.patient
    from registrations g
    semi join asked on asked.doctor = g.doctor
    where g.from_day <= :last and g.to_day >= :before
    group by g.doctor, g.patient
    having max(g.to_day) >= :last and min(g.from_day) <= :before
) r
join of_age p on p.patient = r.patient
where p.died_day > :last and p.sex is not null
