-- in: registrations, patients, acts_done_by_performer, patient_keys, professional_keys;
--     :doctor (id), :as_of
-- out: patient_id, patient, birth_day, sex, registered_day, last_seen_day (last act by this doctor): the doctor's list that
--      day, one row per patient alive
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
    select a.patient, a.performer, max(a.day) as last_seen_day
    from acts_done_by_performer a
    join professional_keys w on w.professional = a.performer
    where w.professional_id = :doctor and a.day <= :as_of
    group by a.patient, a.performer
) seen on seen.patient = listed.patient and seen.performer = listed.doctor
where p.died_day > :as_of
