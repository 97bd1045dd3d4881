-- in: dated_before, details
-- out: counter, patient, day, until, chain, spacing, gap_doses, ordered, units, most, bare, counts: as before, with what is known
--      of an act beside its day
select b.counter, b.patient, b.day, b.until, b.chain, b.spacing, b.gap_doses, b.ordered,
    b.units, coalesce(d.most, b.most) as most, coalesce(d.bare, b.bare) as bare,
    case when d.fits = 0 or d.most = 0 then 0 else b.counts end as counts
from dated_before b
left join details d on d.counter = b.counter and d.patient = b.patient and d.day = b.day
