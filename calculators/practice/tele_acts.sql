-- in: own_care, act_kinds (act, is_tele: the acts, without what is added to one), registrations, listed
-- out: doctor, patient, act, day, quantity, is_tele, is_out (1: of a patient not registered with him on the day of the act),
--      is_off (1: not on the list of the day given): acts of each doctor
select c.doctor, c.patient, c.act, c.day, c.quantity, k.is_tele,
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
