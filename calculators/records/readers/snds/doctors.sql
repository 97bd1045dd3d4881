-- in: registrations, professionals, gp (specialty), free_fees (convention)
-- out: the canonical doctors: those who have a list
select
    r.doctor_id, cast(null as date) as birth_date,
    case
        when g.specialty is null and w.specialty is not null then 'other'
        when coalesce(w.particular, 0) <> 0 then 'gp_mep'
        else 'gp'
    end as specialty,
    case when f.convention is not null then '2' else '1' end as sector,
    case
        when regexp_full_match(w.postcode, '20[01][0-9]{2}') then '2A'
        when regexp_full_match(w.postcode, '20[2-9][0-9]{2}') then '2B'
        when regexp_full_match(w.postcode, '97[0-9]{3}') then substr(w.postcode, 1, 3)
        when regexp_full_match(w.postcode, '[0-9]{5}') then substr(w.postcode, 1, 2)
    end as department,
    'none' as zone, w.installed as installed_on, false as first_installation,
    case when w.month < w.last_month
        then last_day(make_date(cast((w.month - 1) // 12 as bigint), cast((w.month - 1) % 12 + 1 as bigint), 1)) end as active_to
from (select distinct doctor_id from registrations) r
left join (
    select
        person_number, max(month) as month, max(max(month)) over () as last_month,
        arg_max(lpad(cast(specialty as varchar), 2, '0'), (month, number)) as specialty,
        arg_max(convention, (month, number)) as convention, arg_max(particular, (month, number)) as particular,
        arg_max(installed, (month, number)) as installed, arg_max(postcode, (month, number)) as postcode
    from professionals
    group by person_number
) w on w.person_number = r.doctor_id
left join gp g on g.specialty = w.specialty
left join free_fees f on f.convention = w.convention
order by r.doctor_id
