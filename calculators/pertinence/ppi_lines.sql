-- in: deliveries, drug_lists, listed, waited (doctor, patient, category); :list_from, :list_to (numbers of the lists of drugs), :base_first, :base_last,
--     :first, :last, :stopped_from
-- out: doctor, patient, category, base_cents (of the doctor's prescriptions in the base year), cents (in the year),
--      unpriced (lines of the two without an amount), delivered (boxes in the last months of the year, whoever prescribed): one row per patient and category
select w.doctor, w.patient, w.category,
    cast(sum(case when d.day <= :base_last and d.day >= :base_first and d.prescriber = w.doctor then coalesce(d.base_cents, 0)
        else 0 end) as bigint) as base_cents,
    cast(sum(case when d.day >= :first and d.day <= :last and d.prescriber = w.doctor then coalesce(d.base_cents, 0)
        else 0 end) as bigint) as cents,
    cast(sum(case when d.prescriber = w.doctor and d.base_cents is null and ((d.day >= :base_first and d.day <= :base_last)
        or (d.day >= :first and d.day <= :last)) then 1 else 0 end) as bigint) as unpriced,
    cast(sum(case when d.day >= :stopped_from and d.day <= :last then d.boxes else 0 end) as bigint) as delivered
from waited w
semi join listed l on l.doctor = w.doctor and l.patient = w.patient
join deliveries d on d.patient = w.patient
semi join drug_lists g on g.drug = d.drug and g.list between :list_from and :list_to
group by w.doctor, w.patient, w.category
