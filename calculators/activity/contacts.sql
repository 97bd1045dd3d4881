-- in: acts_done_by_performer, act_keys, professional_keys, asked_doctors (doctor_id), kinds (system, code, kind); :after, :last
-- out: doctor_id, patient, act, day, kind (autre when no list names the act): what each doctor asked for did after the first
--      day, up to the last one, one row per patient, act and day
select distinct w.professional_id as doctor_id, a.patient, a.act, a.day, coalesce(n.kind, 'autre') as kind
from acts_done_by_performer a
join professional_keys w on w.professional = a.performer
join asked_doctors q on q.doctor_id = w.professional_id
join act_keys k on k.act = a.act
left join kinds n on n.system = k.system and n.code = k.code
where a.day > :after and a.day <= :last
