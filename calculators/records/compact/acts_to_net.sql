-- in: acts
-- out: patient, act, day, quantity, performer: the act lines of the few days with a reversal, once more, sorted alike
select patient, act, day, quantity, performer
from acts
where with_reversal = 1
order by patient, act, day
