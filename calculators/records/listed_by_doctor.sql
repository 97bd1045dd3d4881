-- in: registrations, patients, patient_keys, professional_keys, asked_doctors (doctor_id), rights_on_day; :as_of
-- out: doctor_id, patient_id, birth_day, sex, ald, c2s (1, 0, or null: not recorded): the list of each doctor asked for that
--      day, one row per doctor and patient alive
select r.doctor_id, k.patient_id, p.birth_day, p.sex, g.ald, g.c2s
from (
    select distinct q.doctor_id, l.patient
    from registrations l
    join professional_keys d on d.professional = l.doctor
    join asked_doctors q on q.doctor_id = d.professional_id
    where l.from_day <= :as_of and :as_of <= l.to_day
) r
join patients p on p.patient = r.patient
join patient_keys k on k.patient = r.patient
join rights_on_day g on g.patient = r.patient
where p.died_day > :as_of
