-- in: high_spends, all_cells; :per_mille
-- out: stratum, cap (nearest rank), cents: what the stratum costs, nothing capped
select t.stratum, min(h.cents) as cap, min(t.cents) as cents
from (
    select stratum, cast(sum(patients) as bigint) as patients, cast(sum(cents) as bigint) as cents
    from all_cells
    group by stratum
) t
join (
    select stratum, cents, sum(patients) over (partition by stratum order by cents desc) - patients as above
    from high_spends
) h on h.stratum = t.stratum
where (t.patients - h.above) * 1000 >= t.patients * :per_mille
group by t.stratum
