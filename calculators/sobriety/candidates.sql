-- in: registrations, asked (doctor), of_age (patients old enough, with their age_class);
--     days :before (31 December N-1), :last (31 December N)
-- out: doctor, patient, age_class, sex (0 F, 1 M): registered with the doctor on both days, of age, alive on the last.
--      A patient of unknown sex fits no stratum and is left out.
select r.doctor, r.patient, p.age_class, case when p.sex = 'F' then 0 else 1 end as sex
from (
    select doctor, patient
    from registrations
    where from_day <= :last and to_day >= :before
    group by doctor, patient
    having max(to_day) >= :last and min(from_day) <= :before
) r
semi join asked on asked.doctor = r.doctor
join of_age p on p.patient = r.patient
where p.died_day > :last and p.sex is not null
