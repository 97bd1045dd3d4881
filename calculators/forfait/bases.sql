-- in: cohort, patient_lines
-- out: doctor, patients (size of the list), with_c2s (of them, with C2S), base_cents (whole, before the end of practice takes
--      a part of it): one row per doctor who is paid and has a list, what his supplements are computed from
select k.doctor, cast(count(*) as bigint) as patients, cast(sum(coalesce(k.c2s, 0)) as bigint) as with_c2s,
    cast(sum(l.whole_cents) as bigint) as base_cents
from cohort k
join patient_lines l on l.doctor = k.doctor and l.patient = k.patient and l.part = 'socle'
group by k.doctor
order by k.doctor
