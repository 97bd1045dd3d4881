-- in: deliveries, drug_keys, product_keys, vaccinations, vaccine_keys
-- out: patient, drug, product, day, atc, cip13: vaccines really delivered to those of whom an injection is recorded
select d.patient, d.drug, d.product, d.day, max(k.atc) as atc, max(c.cip13) as cip13
from deliveries d
left join drug_keys k on k.drug = d.drug
left join product_keys c on c.product = d.product
where d.patient in (select patient from vaccinations)
  and (k.atc like 'J07%' or c.cip13 in (select cip13 from vaccine_keys where cip13 is not null))
group by d.patient, d.drug, d.product, d.day
having sum(d.boxes) > 0
