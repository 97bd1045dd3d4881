-- in: roster, ald, c2s; parameter as_of
-- out: one row per right active that day of each patient of the roster; ald is null for the C2S
select distinct r.patient_id, a.ald
from roster r
join ald a on a.patient = r.patient
where a.from_day <= :as_of and :as_of <= a.to_day
union all
select distinct r.patient_id, cast(null as integer) as ald
from roster r
join c2s c on c.patient = r.patient
where c.from_day <= :as_of and :as_of <= c.to_day
order by patient_id, ald
