-- in: cohort, patient_lines, professional_keys, doctors
-- out: doctor, doctor_id, patients (size of the list), with_c2s (of them, with C2S), base_cents, zone, birth_day,
--      installed_day, first_installation: one row per doctor with a list: its base, and what the supplements depend on
select b.doctor, d.professional_id as doctor_id, b.patients, b.with_c2s, b.base_cents,
    r.zone, r.birth_day, r.installed_day, coalesce(r.first_installation, false) as first_installation
from (
    select k.doctor, cast(count(*) as bigint) as patients,
        cast(sum(coalesce(k.c2s, 0)) as bigint) as with_c2s, cast(sum(l.amount_cents) as bigint) as base_cents
    from cohort k
    join patient_lines l on l.doctor = k.doctor and l.patient = k.patient and l.part = 'socle'
    group by k.doctor
) b
join professional_keys d on d.professional = b.doctor
left join doctors r on r.doctor = b.doctor
order by d.professional_id
