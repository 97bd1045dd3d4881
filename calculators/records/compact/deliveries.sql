-- in: usable_deliveries, usable_drugs, patient_keys, professional_keys, drug_keys, product_keys, delivery_reversals
-- out: patient, drug, product, day, boxes, base_cents, prescriber, prescriber_specialty, with_reversal (0 or 1: was
--      something delivered to the patient taken back that day?), from_reference (1: the base is boxes x price of the drug
--      reference, 0: that of the source, null: none), prescribed_day, exo: one row per delivery line, sorted by patient, drug,
--      day; ATC and base filled from the drug reference, which also completes a class that the source cuts short
select
    p.patient, k.drug, c.product,
    cast(d.date - date '1970-01-01' as integer) as day,
    cast(d.boxes as integer) as boxes,
    cast(coalesce(d.base_cents, d.boxes * r.price_cents) as integer) as base_cents,
    w.professional as prescriber,
    cast(try_cast(d.prescriber_specialty as smallint) as integer) as prescriber_specialty,
    cast(case when t.patient_id is null then 0 else 1 end as tinyint) as with_reversal,
    cast(case when d.base_cents is not null then 0 when r.price_cents is not null then 1 end as tinyint) as from_reference,
    cast(d.prescribed_on - date '1970-01-01' as integer) as prescribed_day,
    cast(d.exo as integer) as exo
from usable_deliveries d
join patient_keys p on p.patient_id = d.patient_id
left join usable_drugs r on r.cip13 = d.cip13
left join drug_keys k on k.atc = case
    when length(coalesce(r.atc, '')) > length(coalesce(d.atc, '')) then r.atc else d.atc end
left join product_keys c on c.cip13 = d.cip13
left join professional_keys w on w.professional_id = d.prescriber_id
left join delivery_reversals t on t.patient_id = d.patient_id and t.date = d.date
order by p.patient, k.drug, day
