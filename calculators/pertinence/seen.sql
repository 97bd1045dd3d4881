-- in: acts_done_by_performer, acts_done, asked; :first, :last, :patient_from, :patient_to
-- out: doctor, patient: whom each doctor saw in the year: an act that happened and that the doctor performed, net of his
--      reversals
select distinct m.doctor, m.patient
from (
    select a.performer as doctor, a.patient, a.act, a.day
    from acts_done_by_performer a
    semi join asked on asked.doctor = a.performer
    where a.day >= :first and a.day <= :last and a.patient >= :patient_from and a.patient < :patient_to
) m
semi join acts_done h on h.patient = m.patient and h.act = m.act and h.day = m.day
