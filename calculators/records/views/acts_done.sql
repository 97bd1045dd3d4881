-- in: acts, acts_to_net
-- out: patient, act, day, performer, quantity: acts that happened, reversals netted on (patient, act, day); one billed on two
--      lines comes twice. On a day with a reversal the performer is null: acts_done_by_performer tells it.
select patient, act, day, performer, quantity
from acts
where with_reversal = 0
union all
select patient, act, day, cast(null as integer) as performer, cast(sum(quantity) as integer) as quantity
from acts_to_net
group by patient, act, day
having sum(quantity) > 0
