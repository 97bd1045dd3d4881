-- in: raw_ir_ben_r
-- out: psa, rank, patient_id, born, month_known, sex, died, department, said: one row per number of a beneficiary
select
    ben_nir_psa as psa, coalesce(ben_rng_gem, 0) as rank,
    coalesce(ben_idt_ano, ben_nir_ano, ben_nir_psa || coalesce(cast(ben_rng_gem as varchar), '')) as patient_id,
    case when ben_nai_ann between 1850 and 2199
        then make_date(ben_nai_ann, case when ben_nai_moi between 1 and 12 then ben_nai_moi else 1 end, 1) end as born,
    ben_nai_moi between 1 and 12 as month_known,
    case ben_sex_cod when 1 then 'M' when 2 then 'F' else 'U' end as sex,
    ben_dcd_dte as died,
    case
        when regexp_full_match(ben_res_dpt, '0([0-9][0-9]|2[AB])') then substr(ben_res_dpt, 2)
        when regexp_full_match(ben_res_dpt, '0?2[AB]|[0-9]{2}|97[0-9]') then ben_res_dpt
        else '99'
    end as department,
    coalesce(ben_dte_maj, date '1900-01-01') as said
from raw_ir_ben_r
where ben_nir_psa is not null
