-- in: professional_keys, reference_ids (doctor_id)
-- out: doctor: the doctors of the reference
select k.professional as doctor from professional_keys k semi join reference_ids r on r.doctor_id = k.professional_id
