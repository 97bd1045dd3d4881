-- in: registrations, patients, asked (doctor), age_classes (age_class, born_from, born_to);
--     days :before (31 December N-1), :last (31 December N)
-- out: doctor, patient, age_class, sex (0 F, 1 M): registered with the doctor on both days, of age, alive on the last.
--      A patient of unknown sex fits no stratum and is left out.
select r.doctor, r.patient, a.age_class, case when p.sex = 'F' then 0 else 1 end as sex
from (select distinct doctor, patient from registrations where from_day <= :last and to_day >= :last) r
semi join (select doctor, patient from registrations where from_day <= :before and to_day >= :before) earlier
    on earlier.doctor = r.doctor and earlier.patient = r.patient
semi join asked on asked.doctor = r.doctor
join patients p on p.patient = r.patient
join age_classes a on p.birth_day >= a.born_from and p.birth_day <= a.born_to
where p.died_day > :last and p.sex is not null
