-- in: tele_acts
-- out: doctor, acts, tele, out_acts, out_tele, off_acts, off_tele: acts of each doctor and teleconsultations among them; `out`,
--      of patients not registered with him on the day of the act; `off`, of those not on the list of the day given
select doctor, cast(sum(quantity) as bigint) as acts, cast(sum(quantity * is_tele) as bigint) as tele,
    cast(sum(quantity * is_out) as bigint) as out_acts, cast(sum(quantity * is_out * is_tele) as bigint) as out_tele,
    cast(sum(quantity * is_off) as bigint) as off_acts, cast(sum(quantity * is_off * is_tele) as bigint) as off_tele
from tele_acts
group by doctor
