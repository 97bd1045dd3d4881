-- in: spend, caps, kept_doctors
-- out: stratum, cap, capped_cents: the stratum's spend once each patient is capped
select s.stratum, min(c.cap) as cap,
    cast(sum(case when s.cents > c.cap then c.cap else s.cents end) as bigint) as capped_cents
from spend s
semi join kept_doctors d on d.doctor = s.doctor
join caps c on c.stratum = s.stratum
group by s.stratum
