-- in: acts, asked_acts (act)
-- out: patient, act, day, performer, quantity: the acts of the codes asked for, reversals as lines of their own; all acts
--      where no code is
select a.patient, a.act, a.day, a.performer, a.quantity
from acts a
semi join asked_acts k on k.act = a.act
