-- in: acts_asked, act_keys, deliveries_asked, drug_keys, product_keys, patient_keys, professional_keys, asked (patient_id); :as_of
-- out: patient_id, day, system, code (the ATC class when known, else the CIP13), cip13, quantity (negative for a reversal),
--      professional (who did or prescribed it): every line of care of these patients up to that day
select p.patient_id, a.day, k.system, k.code, cast(null as string) as cip13, a.quantity, w.professional_id as professional
from acts_asked a
join patient_keys p on p.patient = a.patient
join act_keys k on k.act = a.act
left join professional_keys w on w.professional = a.performer
semi join asked q on q.patient_id = p.patient_id
where a.day <= :as_of
union all
select p.patient_id, d.day, case when g.atc is null then 'cip13' else 'atc' end as system, coalesce(g.atc, c.cip13) as code,
    c.cip13, d.boxes as quantity, w.professional_id as professional
from deliveries_asked d
join patient_keys p on p.patient = d.patient
left join drug_keys g on g.drug = d.drug
left join product_keys c on c.product = d.product
left join professional_keys w on w.professional = d.prescriber
semi join asked q on q.patient_id = p.patient_id
where d.day <= :as_of
order by 1, 2, 3, 4
