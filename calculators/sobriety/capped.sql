-- in: high_spends, caps
-- out: stratum, cap, capped_cents: the stratum's spend once each patient is capped
select c.stratum, min(c.cap) as cap,
    cast(min(c.cents) - sum(case when h.cents > c.cap then h.patients * (h.cents - c.cap) else 0 end) as bigint)
        as capped_cents
from caps c
join high_spends h on h.stratum = c.stratum
group by c.stratum
