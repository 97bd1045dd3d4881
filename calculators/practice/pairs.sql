-- in: billed_together
-- out: doctor, name, line_cents, line_acts, sessions: acts billed on one invoice with a consultation, by the base of a line
select doctor, name, line_cents, line_acts, cast(sum(quantity) as bigint) as sessions
from billed_together
group by doctor, name, line_cents, line_acts
