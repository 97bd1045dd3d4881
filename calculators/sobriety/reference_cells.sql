-- in: cells, kept_doctors
-- out: the cells of the doctors of the reference
select c.* from cells c semi join kept_doctors k on k.doctor = c.doctor
