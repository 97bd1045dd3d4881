-- in: spends (of some patients); :per_mille
-- out: stratum, cap: smallest spend that at least this share of these patients does not exceed (nearest rank)
select r.stratum, min(r.cents) as cap
from (
    select stratum, cents, sum(patients) over (partition by stratum order by cents) as place from spends
) r
join (select stratum, sum(patients) as patients from spends group by stratum) n on n.stratum = r.stratum
where r.place * 1000 >= n.patients * :per_mille
group by r.stratum
