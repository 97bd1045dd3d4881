-- in: the raw table of one kind of code, one part; {kind}, {code}, {quantity}, {place}, {activity}, {phase}
-- out: invoice, document, number, part (the line of care: see prs.sql), flux, kind, place, code, quantity, activity, phase
select
    hash(dct_ord_num, flx_dis_dtd, flx_emt_num, flx_emt_ord, flx_emt_typ, flx_trt_dtd, org_cle_num) as invoice,
    dct_ord_num as document, prs_ord_num as number, rem_typ_aff as part, flx_dis_dtd as flux, '{kind}' as kind,
    {place} as place, {code} as code, {quantity} as quantity, {activity} as activity, {phase} as phase
from {raw}
