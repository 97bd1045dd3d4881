-- in: dated
-- out: chains of one act, each starting at its own act
select counter, patient, day, until, chain, spacing, day as last_day from dated
