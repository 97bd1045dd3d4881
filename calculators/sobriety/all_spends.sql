-- in: spends of all parts
-- out: stratum, cents, patients
select stratum, cents, cast(sum(patients) as bigint) as patients from spends group by stratum, cents
