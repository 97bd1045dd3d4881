-- in: ald, listed, years
-- out: year, patient, ald: the ALD that those on the list hold on 31 December
select distinct l.year, l.patient, h.ald
from listed l
join years y on y.year = l.year
join ald h on h.patient = l.patient and h.from_day <= y.last and h.to_day >= y.last
