-- in: raw_ir_imb_r, raw_ir_cim_v, benefs, persons, ald_natures (nature)
-- out: the canonical ald, and the department of the patient
select distinct
    d.department, d.patient_id,
    cast(case when m.imb_ald_num between 1 and 32 then m.imb_ald_num else c.number end as tinyint) as ald,
    m.imb_ald_dtd as from_date, m.imb_ald_dtf as to_date
from raw_ir_imb_r m
semi join ald_natures n on n.nature = m.imb_etm_nat
join benefs b on b.psa = m.ben_nir_psa and b.rank = coalesce(m.ben_rng_gem, 0)
join persons d on d.person = b.person
left join (
    select cim_cod as code, max(ald_030_cod) as number from raw_ir_cim_v where ald_030_cod between 1 and 32 group by cim_cod
) c on c.code = m.med_mtf_cod
where (m.imb_ald_num between 1 and 32 or c.number is not null) and m.imb_ald_dtd is not null
