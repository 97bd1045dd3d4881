-- in: registrations, patients, acts, patient_keys, professional_keys; parameters doctor (id), as_of
-- out: one row per patient of the doctor's list that day: keys, birth, sex, since when, last act by this doctor
select k.patient_id, p.patient, p.birth_day, p.sex, listed.registered_day, seen.last_seen_day
from (
    select r.patient, r.doctor, min(r.from_day) as registered_day
    from registrations r
    join professional_keys d on d.professional = r.doctor
    where d.professional_id = :doctor and r.from_day <= :as_of and :as_of <= r.to_day
    group by r.patient, r.doctor
) listed
join patients p on p.patient = listed.patient
join patient_keys k on k.patient = listed.patient
left join (
    select patient, performer, max(day) as last_seen_day
    from (
        select a.patient, a.performer, a.act, a.day
        from acts a
        join professional_keys w on w.professional = a.performer
        where w.professional_id = :doctor and a.day <= :as_of
        group by a.patient, a.performer, a.act, a.day
        having sum(a.quantity) > 0
    ) done
    group by patient, performer
) seen on seen.patient = listed.patient and seen.performer = listed.doctor
where p.died_day > :as_of
order by k.patient_id
