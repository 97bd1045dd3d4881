-- in: acts, asked; :first_day, :last_day
-- out: doctor, patient, act, day, quantity: what each doctor asked for did himself between two days, reversals netted on
--      (doctor, patient, act, day)
select a.performer as doctor, a.patient, a.act, a.day, cast(sum(a.quantity) as integer) as quantity
from acts a
join asked d on d.doctor = a.performer
where a.day between :first_day and :last_day
group by a.performer, a.patient, a.act, a.day
having sum(a.quantity) > 0
