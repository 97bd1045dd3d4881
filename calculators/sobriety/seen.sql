-- in: acts_done_by_performer, acts_kept, cohort; :first, :last
-- out: doctor, patient: faithful patients with an act that happened and that the doctor performed, net of his reversals
select c.doctor, c.patient
from cohort c
semi join acts_kept k on k.patient = c.patient and k.performer = c.doctor
union
select mine.doctor, mine.patient
from (
    select c.doctor, c.patient, a.act, a.day
    from acts_done_by_performer a
    join cohort c on c.patient = a.patient and c.doctor = a.performer
    where a.with_reversal = 1 and a.day >= :first and a.day <= :last
) mine
semi join acts_kept k on k.patient = mine.patient and k.act = mine.act and k.day = mine.day
