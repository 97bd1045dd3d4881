-- in: raw_ir_vac_f, benefs, persons
-- out: the vaccinations of a register, and the department of the patient
select distinct
    d.department, d.patient_id, v.exe_soi_dtd as date, 'day' as precision, v.pha_prs_c13 as cip13,
    cast(null as varchar) as cis, cast(null as varchar) as atc, cast(null as smallint) as rank,
    cast(null as varchar) as lot, false as not_done
from raw_ir_vac_f v
join benefs b on b.psa = v.ben_nir_psa and b.rank = coalesce(v.ben_rng_gem, 0)
join persons d on d.person = b.person
where v.exe_soi_dtd is not null
