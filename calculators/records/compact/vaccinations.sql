-- in: usable_vaccinations, patient_keys, vaccine_keys
-- out: patient, vaccine, day, first_day, last_day, precision (0 day, 1 month, 2 year, 3 before): one row per dose given, with the
--      days on which it may have been given; of `before` the day by which it was
select p.patient, k.vaccine,
    cast(case v.precision
        when 'month' then cast(date_trunc('month', v.date) as date)
        when 'year' then cast(date_trunc('year', v.date) as date)
        else v.date
    end - date '1970-01-01' as integer) as day,
    cast(case v.precision
        when 'month' then cast(date_trunc('month', v.date) as date)
        when 'year' then cast(date_trunc('year', v.date) as date)
        else v.date
    end - date '1970-01-01' as integer) as first_day,
    cast(case v.precision
        when 'month' then cast(date_trunc('month', v.date) + interval 1 month as date) - 1
        when 'year' then cast(date_trunc('year', v.date) + interval 1 year as date) - 1
        else v.date
    end - date '1970-01-01' as integer) as last_day,
    cast(case v.precision when 'day' then 0 when 'month' then 1 when 'year' then 2 else 3 end as integer) as precision
from usable_vaccinations v
join patient_keys p on p.patient_id = v.patient_id
join vaccine_keys k
    on k.cip13 is not distinct from v.cip13 and k.cis is not distinct from v.cis and k.atc is not distinct from v.atc
where not coalesce(v.not_done, false)
order by p.patient, k.vaccine, day
