-- in: all_spends, caps
-- out: stratum, cap, capped_cents: the stratum's spend once each patient is capped
select s.stratum, min(c.cap) as cap,
    cast(sum(s.patients * case when s.cents > c.cap then c.cap else s.cents end) as bigint) as capped_cents
from all_spends s
join caps c on c.stratum = s.stratum
group by s.stratum
