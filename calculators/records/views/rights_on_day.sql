-- in: patients, ald_on_day, c2s; :day, :ald_known, :c2s_known (0 or 1: does a patient without a row surely not have it? where
--     nothing else is said of him)
-- out: patient, ald, c2s (1 when he has the right on the day, 0 when he has not, null when the source does not say), ald_told,
--      c2s_told (1: he has no right but those recorded): one row per patient
select patient,
    case when max(has_ald) = 1 then 1 when max(ald_told) = 1 then 0 end as ald,
    case when max(has_c2s) = 1 then 1 when max(c2s_told) = 1 then 0 end as c2s,
    max(ald_told) as ald_told, max(c2s_told) as c2s_told
from (
    select patient, 0 as has_ald, 0 as has_c2s,
        coalesce(ald_known, :ald_known) as ald_told, coalesce(c2s_known, :c2s_known) as c2s_told
    from patients
    union all
    select patient, 1 as has_ald, 0 as has_c2s, 0 as ald_told, 0 as c2s_told from ald_on_day
    union all
    select patient, 0 as has_ald, 1 as has_c2s, 0 as ald_told, 0 as c2s_told
    from c2s
    where from_day <= :day and :day <= to_day
) recorded
group by patient
