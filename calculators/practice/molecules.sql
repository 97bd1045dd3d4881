-- in: listed, drugs_delivered, drug_keys; :first_day, :last_day, :dates, :born_to (the youngest looked at)
-- out: patient, molecules: classes of the fifth level delivered on at least so many dates between two days, both included
select patient, cast(count(*) as integer) as molecules
from (
    select patient, atc
    from (
        select distinct d.patient, k.atc, d.day
        from drugs_delivered d
        join drug_keys k on k.drug = d.drug
        semi join listed l on l.patient = d.patient and l.birth_day <= :born_to
        where d.day between :first_day and :last_day and k.atc like '_______'
    ) dated
    group by patient, atc
    having count(*) >= :dates
) taken
group by patient
