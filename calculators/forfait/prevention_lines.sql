-- in: validated (patient_id, doctor_id, indicator), cohort, patient_keys, professional_keys, paying (doctor, share, rest),
--     indicator_amounts (share, indicator, amount_cents); :unseen (0 or 1)
-- out: doctor_id, patient_id, indicator, amount_cents: one row per validated indicator of a patient, of doctors who are paid
--      for them; unseen = 0: none for a patient of the list who was not seen
select v.doctor_id, v.patient_id, v.indicator, a.amount_cents
from (select distinct doctor_id, patient_id, indicator from validated) v
join professional_keys o on o.professional_id = v.doctor_id
join paying y on y.doctor = o.professional and y.rest = 1
join indicator_amounts a on a.indicator = v.indicator and a.share = y.share
anti join (
    select p.patient_id, d.professional_id as doctor_id
    from cohort k
    join patient_keys p on p.patient = k.patient
    join professional_keys d on d.professional = k.doctor
    where :unseen = 0 and k.seen = 0
) gone on gone.patient_id = v.patient_id and gone.doctor_id = v.doctor_id
