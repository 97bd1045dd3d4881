-- in: acts, act_keys, act_results, deliveries, drug_keys, product_keys, patient_keys, professional_keys; :patient (id), :as_of
-- out: kind (acte, resultat, delivrance), day, system, code, cip13, quantity (negative for a reversal), value, unit, comparator,
--      professional, specialty (of who did or prescribed it), base_cents: every line of care of a patient up to that day
select 'acte' as kind, a.day, k.system, k.code, cast(null as string) as cip13, a.quantity, cast(null as double) as value,
    cast(null as string) as unit, cast(null as string) as comparator, w.professional_id as professional,
    a.performer_specialty as specialty, cast(null as int) as base_cents
from acts a
join patient_keys p on p.patient = a.patient
join act_keys k on k.act = a.act
left join professional_keys w on w.professional = a.performer
where p.patient_id = :patient and a.day <= :as_of
union all
select 'resultat' as kind, r.day, k.system, k.code, cast(null as string) as cip13, 1 as quantity, r.value, r.unit, r.comparator,
    cast(null as string) as professional, cast(null as int) as specialty, cast(null as int) as base_cents
from act_results r
join patient_keys p on p.patient = r.patient
join act_keys k on k.act = r.act
where p.patient_id = :patient and r.day <= :as_of
union all
select 'delivrance' as kind, d.day, case when g.atc is null then 'cip13' else 'atc' end as system,
    coalesce(g.atc, c.cip13) as code, c.cip13, d.boxes as quantity, cast(null as double) as value, cast(null as string) as unit,
    cast(null as string) as comparator, w.professional_id as professional, d.prescriber_specialty as specialty, d.base_cents
from deliveries d
join patient_keys p on p.patient = d.patient
left join drug_keys g on g.drug = d.drug
left join product_keys c on c.product = d.product
left join professional_keys w on w.professional = d.prescriber
where p.patient_id = :patient and d.day <= :as_of
order by 2, 1, 3, 4
