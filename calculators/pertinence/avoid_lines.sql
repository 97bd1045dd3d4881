-- in: drugs_delivered, drug_lists, acts_done, act_lists, avoid_lists (rule, list, from_day), avoid_list; :day
-- out: rule, patient, day: what was delivered or done, whoever prescribed it
select a.rule, d.patient, d.day
from drugs_delivered d
join drug_lists g on g.drug = d.drug
join avoid_lists a on a.list = g.list and d.day >= a.from_day
semi join avoid_list l on l.patient = d.patient
where d.day <= :day and d.boxes > 0
union
select a.rule, d.patient, d.day
from acts_done d
join act_lists g on g.act = d.act
join avoid_lists a on a.list = g.list and d.day >= a.from_day
semi join avoid_list l on l.patient = d.patient
where d.day <= :day
