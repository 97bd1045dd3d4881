-- in: cohort; :ald_known, :c2s_known (0 or 1: does a patient without a row surely not have the right?)
-- out: doctor, unknown_ald, unknown_c2s (patients), one row per doctor with faithful patients
select doctor,
    cast(sum(case when ald = 0 and :ald_known = 0 then 1 else 0 end) as bigint) as unknown_ald,
    cast(sum(case when c2s = 0 and :c2s_known = 0 then 1 else 0 end) as bigint) as unknown_c2s
from cohort
group by doctor
