-- in: acts, acts_to_net
-- out: patient, act, day, performer, with_reversal: acts that happened as far as the lines of one performer tell, reversals
--      netted on (patient, act, day, performer); one billed on two lines comes twice
select patient, act, day, performer, 0 as with_reversal
from acts
where with_reversal = 0
union all
select patient, act, day, performer, 1 as with_reversal
from acts_to_net
group by patient, act, day, performer
having sum(quantity) > 0
