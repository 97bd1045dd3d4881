-- in: registrations, patients, ald, c2s, patient_keys, professional_keys; parameters doctor (id), as_of (day)
-- out: one row per patient of the doctor's list that day and per ALD active that day (ald null when none)
select k.patient_id, p.birth_day, p.sex, a.ald,
    case when exists (
        select 1 from c2s s where s.patient = p.patient and s.from_day <= :as_of and :as_of <= s.to_day
    ) then 1 else 0 end as c2s
from (
    select distinct r.patient
    from registrations r
    join professional_keys d on d.professional = r.doctor
    where d.professional_id = :doctor and r.from_day <= :as_of and :as_of <= r.to_day
) listed
join patients p on p.patient = listed.patient
join patient_keys k on k.patient = listed.patient
left join ald a on a.patient = listed.patient and a.from_day <= :as_of and :as_of <= a.to_day
where p.died_day > :as_of
order by k.patient_id, a.ald
