-- in: raw_ir_mtt_r, benefs, persons, professionals
-- out: the canonical registrations, and the department of the patient
select distinct
    d.department, d.patient_id, coalesce(w.person_number, m.mtt_pfs_num) as doctor_id, m.mtt_dep_dte as from_date,
    m.mtt_fin_dte as to_date
from raw_ir_mtt_r m
join benefs b on b.psa = m.ben_nir_psa and b.rank = coalesce(m.ben_rng_gem, 0)
join persons d on d.person = b.person
left join professionals w on w.number = m.mtt_pfs_num
where m.mtt_pfs_num is not null and m.mtt_dep_dte is not null
