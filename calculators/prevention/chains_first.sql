-- in: dated
-- out: counter, patient, day, until, chain, spacing, gap_doses, held (acts, or units), last_day: where several acts are needed:
--      chains of one act, each starting at its own act
select counter, patient, day, until, chain, spacing, gap_doses, units as held, day as last_day
from dated
where counts = 1 and chain > 1
