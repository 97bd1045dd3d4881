-- in: raw_da_pra_r (one row per practice number and month)
-- out: number (of a practice), person_number, specialty, convention, particular, installed, postcode, month: the last row
select
    pfs_pfs_num as number,
    coalesce(arg_max(sta_pfs_num, dte_ann_trt * 12 + dte_moi_fin), pfs_pfs_num) as person_number,
    arg_max(pfs_pra_spe, dte_ann_trt * 12 + dte_moi_fin) as specialty,
    arg_max(cnv_cnv_cod, dte_ann_trt * 12 + dte_moi_fin) as convention,
    arg_max(pra_mep_cod, dte_ann_trt * 12 + dte_moi_fin) as particular,
    arg_max(exc_eff_dsd, dte_ann_trt * 12 + dte_moi_fin) as installed,
    arg_max(pfs_cod_pos, dte_ann_trt * 12 + dte_moi_fin) as postcode,
    max(dte_ann_trt * 12 + dte_moi_fin) as month
from raw_da_pra_r
where pfs_pfs_num is not null
group by pfs_pfs_num
