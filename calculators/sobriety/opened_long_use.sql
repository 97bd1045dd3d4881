-- in: prescribed_lines (of one doctor), case_drugs, calendar, deliveries_kept, drug_keys, patient_keys
-- out: id, patient_id, atc, cents: the part of the doctor's tracked prescriptions delivered when the patient had already
--      received the same classes more than beyond_days before, within the look-back, whoever prescribed them
select n.id, p.patient_id, k.atc, n.cents
from (
    select l.id, l.patient, l.drug, cast(sum(l.cents) as bigint) as cents
    from (
        select m.id, m.beyond_days, d.patient, d.drug, d.day, y.look_back_day, d.cents
        from prescribed_lines d
        join case_drugs m on m.drug = d.drug
        join calendar y on y.day = d.day
    ) l
    semi join (
        select e.patient, e.day, m.id from deliveries_kept e join case_drugs m on m.drug = e.drug
    ) earlier
        on earlier.patient = l.patient and earlier.id = l.id
        and earlier.day >= l.look_back_day and earlier.day < l.day - l.beyond_days
    group by l.id, l.patient, l.drug
) n
join drug_keys k on k.drug = n.drug
join patient_keys p on p.patient = n.patient
