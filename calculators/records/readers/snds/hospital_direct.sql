-- in: raw_er_ete_f; :hospital_direct
-- out: invoice, document, number, part: lines billed by a public hospital
select distinct
    hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num) as invoice,
    dct_ord_num as document, prs_ord_num as number, rem_typ_aff as part
from raw_er_ete_f
where ete_ind_taa = :hospital_direct
