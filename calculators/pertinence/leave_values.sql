-- in: leave_lines
-- out: entry, doctor, patient, value: days on leave, each once; or those of the unbroken leave of the last day up to it
select d.entry, d.doctor, d.patient,
    cast(sum(greatest(d.to_day - greatest(d.from_day - 1, coalesce(b.reached, d.from_day - 1)), 0)) as bigint) as value
from leave_lines d
left join leave_lines b
    on b.entry = d.entry and b.doctor = d.doctor and b.patient = d.patient and b.place = d.place - 1
where d.running = 0
group by d.entry, d.doctor, d.patient
union all
select r.entry, r.doctor, r.patient, cast(r.last_day - min(r.from_day) + 1 as bigint) as value
from (
    select d.entry, d.doctor, d.patient, d.from_day, d.to_day, d.last_day,
        sum(case when d.from_day <= b.reached + d.gap + 1 then 0 else 1 end)
            over (partition by d.entry, d.doctor, d.patient order by d.place) as chain
    from leave_lines d
    left join leave_lines b
        on b.entry = d.entry and b.doctor = d.doctor and b.patient = d.patient and b.place = d.place - 1
    where d.running = 1
) r
group by r.entry, r.doctor, r.patient, r.last_day, r.chain
having max(r.to_day) >= r.last_day
