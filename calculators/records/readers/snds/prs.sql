-- in: raw_er_prs_f, hospital_direct (one part), benefs; :for_information, :supplements_from
-- out: one row per line of care: invoice, document, number, part (what its nine keys are here: a hash of seven of them, two
--      of them once more as they are, and REM_TYP_AFF), flux, person, day, …, aside (null: kept)
select
    l.invoice, l.dct_ord_num as document, l.prs_ord_num as number, l.rem_typ_aff as part, l.flx_dis_dtd as flux, b.person,
    l.exe_soi_dtd as day, l.prs_nat_ref as nature,
    l.prs_act_qte as quantity, l.bse_rem_bse as base, l.prs_pai_mnt as paid, l.pfs_exe_num as performer,
    l.pse_spe_cod as performer_specialty, l.pfs_pre_num as prescriber, l.psp_spe_cod as prescriber_specialty,
    l.pre_pre_dtd as prescribed, l.exo_mtf as exo,
    case
        when coalesce(l.cpl_maj_top, 0) >= :supplements_from then 'supplement'
        when coalesce(l.dpn_qlf, 0) = :for_information or coalesce(l.prs_dpn_qlp, 0) = :for_information then 'information'
        when h.invoice is not null then 'hospital'
        when b.person is null then 'nobody'
        when l.exe_soi_dtd is null then 'undated'
    end as aside
from (
    select *,
        hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num) as invoice
    from raw_er_prs_f
) l
left join benefs b on b.psa = l.ben_nir_psa and b.rank = coalesce(l.ben_rng_gem, 0)
left join hospital_direct h
    on h.invoice = l.invoice and h.document = l.dct_ord_num and h.number = l.prs_ord_num
    and h.part is not distinct from l.rem_typ_aff
