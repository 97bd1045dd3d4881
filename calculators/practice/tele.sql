-- in: own_care, act_kinds (act, is_tele: the acts, without what is added to one), registrations, listed
-- out: doctor, acts, tele, out_acts, out_tele, off_acts, off_tele: acts of each doctor and teleconsultations among them; `out`,
--      of patients not registered with him on the day of the act; `off`, of those not on the list of the day given
select doctor, cast(sum(quantity) as bigint) as acts, cast(sum(quantity * is_tele) as bigint) as tele,
    cast(sum(quantity * is_out) as bigint) as out_acts, cast(sum(quantity * is_out * is_tele) as bigint) as out_tele,
    cast(sum(quantity * is_off) as bigint) as off_acts, cast(sum(quantity * is_off * is_tele) as bigint) as off_tele
from (
    select c.doctor, c.quantity, k.is_tele,
        case when h.patient is null then 1 else 0 end as is_out,
        case when l.patient is null then 1 else 0 end as is_off
    from own_care c
    join act_kinds k on k.act = c.act
    left join (
        select distinct d.doctor, d.patient, d.day
        from own_care d
        join registrations r on r.doctor = d.doctor and r.patient = d.patient and d.day between r.from_day and r.to_day
    ) h on h.doctor = c.doctor and h.patient = c.patient and h.day = c.day
    left join listed l on l.doctor = c.doctor and l.patient = c.patient
) marked
group by doctor
