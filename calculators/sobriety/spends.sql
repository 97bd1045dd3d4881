-- in: spend, kept_doctors
-- out: stratum, cents, patients: how many patients of the reference cost exactly this much
select s.stratum, s.cents, cast(count(*) as bigint) as patients
from spend s
semi join kept_doctors d on d.doctor = s.doctor
group by s.stratum, s.cents
