-- in: deliveries, spend (doctor, patient, stratum), kept_doctors, tracked, drug_keys; days :first, :last
-- out: stratum, atc, cents, boxes: the reference's spend by stratum and ATC class
select n.stratum, k.atc, n.cents, n.boxes
from (
    select s.stratum, d.drug,
        cast(sum(coalesce(d.base_cents, 0)) as bigint) as cents, cast(sum(d.boxes) as bigint) as boxes
    from deliveries d
    join spend s on s.patient = d.patient and s.doctor = d.prescriber
    semi join kept_doctors m on m.doctor = s.doctor
    semi join tracked t on t.drug = d.drug
    where d.day >= :first and d.day <= :last
    group by s.stratum, d.drug
) n
join drug_keys k on k.drug = n.drug
