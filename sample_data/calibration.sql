-- in: listed (doctor, patient, sex, age, ald_count, c2s), deliveries, gp_codes (specialty); :first, :last
-- out: name, value: one row per published figure that rows of the store can tell
with care as (
    select d.patient, sum(d.base_cents) / 100.0 as euro, sum(d.boxes) as boxes,
        sum(case when g.specialty is null then 0 else d.base_cents end) / 100.0 as gp_euro,
        sum(case when g.specialty is null then 0 else d.boxes end) as gp_boxes
    from deliveries d
    left join gp_codes g on g.specialty = d.prescriber_specialty
    where d.day >= :first and d.day <= :last
    group by d.patient
),
person as (
    select l.*, coalesce(c.euro, 0) as euro, coalesce(c.boxes, 0) as boxes, coalesce(c.gp_euro, 0) as gp_euro,
        coalesce(c.gp_boxes, 0) as gp_boxes,
        case when l.age < 20 then '0' when l.age < 60 then '20' else '60' end as class
    from listed l left join care c on c.patient = l.patient
),
size as (select doctor, count(*) as patients from listed group by doctor)
select 'list_mean' as name, avg(patients) as value from size
union all select 'list_low', quantile_cont(patients, 0.25) from size
union all select 'list_high', quantile_cont(patients, 0.75) from size
union all select 'gp_euro_per_doctor', sum(gp_euro) / count(distinct doctor) from person
union all select 'gp_euro_per_patient', avg(gp_euro) from person
union all select 'gp_boxes_per_patient', avg(gp_boxes) from person
union all select 'euro_' || sex || '_' || class, avg(euro) from person group by sex, class
union all select 'boxes_' || sex || '_' || class, avg(boxes) from person group by sex, class
union all select 'ald_per_person', sum(ald_count) * 1.0 / sum(case when ald_count > 0 then 1 else 0 end) from person
union all
select 'ald_' || sex || '_' || cast(cast(floor(age / 5) * 5 as integer) as varchar), 100 * avg(ald_count)
from person group by sex, cast(floor(age / 5) * 5 as integer)
union all select 'c2s_' || class, 100 * avg(c2s) from person group by class
