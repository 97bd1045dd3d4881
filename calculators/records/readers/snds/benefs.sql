-- in: beneficiaries, persons
-- out: psa, rank, person: which person each number of a beneficiary is
select distinct b.psa, b.rank, p.person
from beneficiaries b
join persons p on p.patient_id = b.patient_id
