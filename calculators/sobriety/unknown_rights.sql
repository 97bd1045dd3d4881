-- in: cohort
-- out: doctor, unknown_ald, unknown_c2s (patients of whom the source does not say): one row per doctor with
--      faithful patients
select doctor,
    cast(sum(case when ald is null then 1 else 0 end) as bigint) as unknown_ald,
    cast(sum(case when c2s is null then 1 else 0 end) as bigint) as unknown_c2s
from cohort
group by doctor
