-- in: raw_ir_pha_r
-- out: cip13, atc, label: one row per presentation
select pha_cip_c13 as cip13, max(coalesce(pha_atc_cla, pha_atc_c07)) as atc, max(pha_med_nom) as label
from raw_ir_pha_r
where pha_cip_c13 is not null
group by pha_cip_c13
