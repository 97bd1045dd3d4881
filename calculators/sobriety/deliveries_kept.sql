-- in: deliveries, candidates, deliveries_taken_back, gp_codes (specialty); days :look_back_first, :last
-- out: patient, drug, day, prescriber, gp (0 or 1): deliveries that happened, once reversals are netted; one billed on two
--      lines may come twice. Only the few days with a reversal are added up: the others keep the order of the store.
--      Drug and prescriber may be null: a delivery still shows that the patient consumed care.
select d.patient, d.drug, d.day, d.prescriber, case when g.specialty is null then 0 else 1 end as gp
from deliveries d
semi join candidates c on c.patient = d.patient
anti join deliveries_taken_back t on t.patient = d.patient and t.day = d.day
left join gp_codes g on g.specialty = d.prescriber_specialty
where d.day >= :look_back_first and d.day <= :last
union all
select d.patient, d.drug, d.day, d.prescriber, max(case when g.specialty is null then 0 else 1 end) as gp
from deliveries d
semi join deliveries_taken_back t on t.patient = d.patient and t.day = d.day
left join gp_codes g on g.specialty = d.prescriber_specialty
where d.day >= :look_back_first and d.day <= :last
group by d.patient, d.drug, d.day, d.prescriber
having sum(d.boxes) > 0
