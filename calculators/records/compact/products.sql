-- in: product_keys, usable_drugs, drug_keys
-- out: product, drug, pack_days, pack_units, biosimilar_group, role (reference, biosimilar), device (pmdi, dpi, smi): what the drug
--      reference says of a pack met, null where it does not say; one row per product that it knows
select k.product, d.drug,
    cast(r.pack_days as integer) as pack_days,
    cast(r.pack_units as integer) as pack_units,
    r."group" as biosimilar_group, r.role, r.device
from product_keys k
join usable_drugs r on r.cip13 = k.cip13
left join drug_keys d on d.atc = r.atc
order by k.product
