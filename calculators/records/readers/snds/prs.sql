-- in: raw_er_prs_f, hospital_direct (one part), benefs; :for_information, :supplements_from
-- out: e1, e2 (the act: eight keys), part (REM_TYP_AFF), flux, person, day, …, aside (null: kept): one row per line of care
select
    l.e1, l.e2, l.rem_typ_aff as part, l.flx_dis_dtd as flux, b.person, l.exe_soi_dtd as day, l.prs_nat_ref as nature,
    l.prs_act_qte as quantity, l.bse_rem_bse as base, l.prs_pai_mnt as paid, l.pfs_exe_num as performer,
    l.pse_spe_cod as performer_specialty, l.pfs_pre_num as prescriber, l.psp_spe_cod as prescriber_specialty,
    l.pre_pre_dtd as prescribed, l.exo_mtf as exo, l.session,
    case
        when coalesce(l.cpl_maj_top, 0) >= :supplements_from then 'supplement'
        when coalesce(l.dpn_qlf, 0) = :for_information or coalesce(l.prs_dpn_qlp, 0) = :for_information then 'information'
        when h.e1 is not null then 'hospital'
        when b.person is null then 'nobody'
        when l.exe_soi_dtd is null then 'undated'
    end as aside
from (
    select *,
        hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num, prs_ord_num) as e1,
        hash(prs_ord_num, org_cle_num, flx_trt_dtd, flx_emt_typ, flx_emt_ord, flx_emt_num, flx_dis_dtd, dct_ord_num) as e2,
        hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num) as session
    from raw_er_prs_f
) l
left join benefs b on b.psa = l.ben_nir_psa and b.rank = coalesce(l.ben_rng_gem, 0)
left join hospital_direct h on h.e1 = l.e1 and h.e2 = l.e2 and h.part is not distinct from l.rem_typ_aff
