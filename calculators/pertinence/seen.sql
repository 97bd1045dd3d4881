-- in: acts_done_by_performer, acts_done, asked, years; :patient_from, :patient_to
-- out: year, doctor, patient: whom each doctor saw in the year: an act that happened and that the doctor performed, net of his
--      reversals
select distinct m.year, m.doctor, m.patient
from (
    select y.year, a.performer as doctor, a.patient, a.act, a.day
    from acts_done_by_performer a
    semi join asked on asked.doctor = a.performer
    join years y on a.day >= y.first and a.day <= y.last
    where a.patient >= :patient_from and a.patient < :patient_to
) m
semi join acts_done h on h.patient = m.patient and h.act = m.act and h.day = m.day
