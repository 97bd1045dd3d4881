-- in: deliveries_done, candidates; :look_back_first, :last
-- out: patient, drug, day, prescriber, specialty (of the prescriber; null on a day with a reversal): deliveries to the
--      candidates. Drug and prescriber may be null: a delivery still shows that the patient consumed care.
select d.patient, d.drug, d.day, d.prescriber, d.specialty
from deliveries_done d
semi join candidates c on c.patient = d.patient
where d.day >= :look_back_first and d.day <= :last
