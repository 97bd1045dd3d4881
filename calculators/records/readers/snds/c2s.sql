-- in: raw_ir_orc_r, benefs, persons; :c2s
-- out: the canonical c2s, and the department of the patient
select distinct d.department, d.patient_id, o.mll_cta_dsd as from_date, o.mll_cta_dsf as to_date
from raw_ir_orc_r o
join benefs b on b.psa = o.ben_nir_psa and b.rank = coalesce(o.ben_rng_gem, 0)
join persons d on d.person = b.person
where o.ben_cta_typ = :c2s and o.mll_cta_dsd is not null
