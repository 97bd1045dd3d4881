-- in: deliveries, candidates, gp_codes (specialty); days :look_back_first, :last
-- out: patient, drug, day, prescriber, specialty (of the prescriber; on a day with a reversal the one of a GP, null without):
--      deliveries that happened, once reversals are netted; one billed on two lines may come twice. Only the few days with
--      a reversal are added up: the others keep the order of the store.
--      Drug and prescriber may be null: a delivery still shows that the patient consumed care.
select d.patient, d.drug, d.day, d.prescriber, d.prescriber_specialty as specialty
from deliveries d
semi join candidates c on c.patient = d.patient
where d.with_reversal = 0 and d.day >= :look_back_first and d.day <= :last
union all
select d.patient, d.drug, d.day, d.prescriber, max(g.specialty) as specialty
from deliveries d
semi join candidates c on c.patient = d.patient
left join gp_codes g on g.specialty = d.prescriber_specialty
where d.with_reversal = 1 and d.day >= :look_back_first and d.day <= :last
group by d.patient, d.drug, d.day, d.prescriber
having sum(d.boxes) > 0
