-- in: doctors, seen, cohort, deliveries_kept, tracked (drug), specialties (specialty); :first, :last, :seen_over
-- out: doctor, department: the doctors of the reference
select d.doctor, d.department
from doctors d
semi join specialties s on s.specialty = d.specialty
semi join (select doctor from seen group by doctor having count(*) > :seen_over) v on v.doctor = d.doctor
semi join (
    select c.doctor
    from deliveries_kept k
    join cohort c on c.patient = k.patient and c.doctor = k.prescriber
    semi join tracked t on t.drug = k.drug
    where k.day >= :first
) prescribed on prescribed.doctor = d.doctor
where d.active_to_day >= :last and (d.installed_day is null or d.installed_day < :first)
