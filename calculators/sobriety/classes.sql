-- in: prescriptions, spend (doctor, patient, stratum), kept_doctors, drug_keys
-- out: stratum, atc, cents, boxes, patients: the reference's spend by stratum and ATC class, and on how many patients
select n.stratum, k.atc, n.cents, n.boxes, n.patients
from (
    select s.stratum, p.drug, cast(sum(p.cents) as bigint) as cents, cast(sum(p.boxes) as bigint) as boxes,
        cast(count(*) as bigint) as patients
    from prescriptions p
    join spend s on s.patient = p.patient and s.doctor = p.doctor
    semi join kept_doctors m on m.doctor = p.doctor
    group by s.stratum, p.drug
) n
join drug_keys k on k.drug = n.drug
