-- in: spend, kept_doctors; :per_mille
-- out: stratum, cap: smallest spend that at least this share of the stratum's patients does not exceed (nearest rank)
select r.stratum, min(r.cents) as cap
from (
    select s.stratum, s.cents, row_number() over (partition by s.stratum order by s.cents) as place
    from spend s
    semi join kept_doctors d on d.doctor = s.doctor
) r
join (
    select s.stratum, count(*) as patients
    from spend s
    semi join kept_doctors d on d.doctor = s.doctor
    group by s.stratum
) n on n.stratum = r.stratum
where r.place * 1000 >= n.patients * :per_mille
group by r.stratum
