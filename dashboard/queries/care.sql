-- in: acts, act_keys, deliveries, drug_keys, product_keys, patient_keys; parameters patient (id), as_of (day)
-- out: one row per line of care of the patient up to that day: day, system, code (`atc` when known, else `cip13`),
--      cip13, quantity (negative for a reversal)
select a.day, k.system, k.code, cast(null as varchar) as cip13, a.quantity
from acts a
join patient_keys p on p.patient = a.patient
join act_keys k on k.act = a.act
where p.patient_id = :patient and a.day <= :as_of
union all
select d.day, case when g.atc is null then 'cip13' else 'atc' end as system, coalesce(g.atc, c.cip13) as code,
    c.cip13, d.boxes as quantity
from deliveries d
join patient_keys p on p.patient = d.patient
left join drug_keys g on g.drug = d.drug
left join product_keys c on c.product = d.product
where p.patient_id = :patient and d.day <= :as_of
order by 1, 2, 3
