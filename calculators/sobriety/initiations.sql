-- in: deliveries_kept, deliveries_to_net, drug_keys, gp_codes (specialty), calendar (day, look_back_day);
--     :first, :excluded_atc (a pattern)
-- out: patient, drug, gp (0 or 1): a patient counts once per drug, as GP-initiated if one of his initiations is by a GP. On
--      a day with a reversal the prescriber is one when a line of his says so. An unknown prescriber initiates nothing
--      (null <> x is not true, so he is an other prescriber for nobody either).
select i.patient, i.drug, max(case when g.specialty is null and t.patient is null then 0 else 1 end) as gp
from (
    select k.patient, k.drug, k.day, k.prescriber, k.specialty, c.look_back_day
    from deliveries_kept k
    join calendar c on c.day = k.day
    join drug_keys d on d.drug = k.drug
    where k.day >= :first and k.prescriber is not null and d.atc not like :excluded_atc
) i
anti join deliveries_kept o
    on o.patient = i.patient and o.drug = i.drug and o.prescriber <> i.prescriber
    and o.day >= i.look_back_day and o.day < i.day
left join gp_codes g on g.specialty = i.specialty
left join (
    select distinct d.patient, d.drug, d.day, d.prescriber
    from deliveries_to_net d
    semi join gp_codes c on c.specialty = d.prescriber_specialty
    where d.day >= :first
) t on t.patient = i.patient and t.drug = i.drug and t.day = i.day and t.prescriber = i.prescriber
group by i.patient, i.drug
