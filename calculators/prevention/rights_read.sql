-- in: people, moments, ald, c2s
-- out: patient, entry, kind (ald or c2s), held_from, day, from_day, to_day: periods of the rights that an entry reads on
--      another day, or held since another, of the ALD of the entry all together
select a.patient, m.entry, 'ald' as kind, m.held_from, m.day, a.from_day, a.to_day
from ald a
semi join people p on p.patient = a.patient
join moments m on m.ald = a.ald
where a.from_day <= a.to_day
union
select c.patient, m.entry, 'c2s' as kind, m.held_from, m.day, c.from_day, c.to_day
from c2s c
semi join people p on p.patient = c.patient
join moments m on m.ald is null
where c.from_day <= c.to_day
