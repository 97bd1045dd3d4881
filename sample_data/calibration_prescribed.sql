-- in: listed (doctor, patient), kept (doctor_id), professional_keys, deliveries, gp_codes (specialty); :first, :last
-- out: cents: what GPs prescribed to the patients on the lists of the doctors kept, each patient once
select cast(sum(d.base_cents) as bigint) as cents
from deliveries d
semi join gp_codes g on g.specialty = d.prescriber_specialty
semi join (
    select l.patient
    from listed l
    join professional_keys p on p.professional = l.doctor
    semi join kept k on k.doctor_id = p.professional_id
) o on o.patient = d.patient
where d.day >= :first and d.day <= :last
