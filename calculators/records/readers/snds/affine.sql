-- in: the raw table of one kind of code, one part; {kind}, {code}, {quantity}, {order}, {activity}, {phase}, {distinct} (lines that are the same in all, their order
--     too, are one)
-- out: e1, e2, part, flux, kind, place, code, quantity, activity, phase
select {distinct}
    hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num, prs_ord_num) as e1,
    hash(prs_ord_num, org_cle_num, flx_trt_dtd, flx_emt_typ, flx_emt_ord, flx_emt_num, flx_dis_dtd, dct_ord_num) as e2,
    rem_typ_aff as part, flx_dis_dtd as flux, '{kind}' as kind,
    {place} as place, {code} as code, {quantity} as quantity, {activity} as activity, {phase} as phase
from {raw}
