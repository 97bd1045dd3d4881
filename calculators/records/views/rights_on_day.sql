-- in: patients, ald_on_day, c2s; :day, :ald_known, :c2s_known (0 or 1: does a patient without a row surely not have it?)
-- out: patient, ald, c2s: one row per patient; 1 when he has the right on the day, 0 when he has not, null when the source
--      does not say
select patient,
    case when max(has_ald) = 1 then 1 when :ald_known = 1 then 0 end as ald,
    case when max(has_c2s) = 1 then 1 when :c2s_known = 1 then 0 end as c2s
from (
    select patient, 0 as has_ald, 0 as has_c2s from patients
    union all
    select patient, 1 as has_ald, 0 as has_c2s from ald_on_day
    union all
    select patient, 0 as has_ald, 1 as has_c2s from c2s where from_day <= :day and :day <= to_day
) recorded
group by patient
