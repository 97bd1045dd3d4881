-- in: cohort
-- out: doctor: the doctors with a list
select distinct doctor
from cohort
order by doctor
