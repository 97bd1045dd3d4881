-- in: patient_lines, prevention_lines, doctor_lines, patient_keys, professional_keys, line_notes
-- out: doctor_id, patient_id, part, line, amount_cents, due_on, basis, label, rate: the pay lines, in the order of the parts
--      and of the version file
select x.doctor_id, x.patient_id, x.part, x.line, x.amount_cents, x.due_on, x.basis, x.label, x.rate
from (
    select d.professional_id as doctor_id, p.patient_id, l.part, l.line, l.amount_cents, n.due_on, n.basis, n.label,
        cast(null as double) as rate, n.rank
    from patient_lines l
    join professional_keys d on d.professional = l.doctor
    join patient_keys p on p.patient = l.patient
    join line_notes n on n.part = l.part and n.line = l.line
    union all
    select v.doctor_id, v.patient_id, n.part, v.indicator as line, v.amount_cents, n.due_on, n.basis, n.label,
        cast(null as double) as rate, n.rank
    from prevention_lines v
    join line_notes n on n.part = 'prevention'
    union all
    select doctor_id, cast(null as string) as patient_id, part, line, amount_cents, due_on, basis, label, rate, rank
    from doctor_lines
) x
order by x.doctor_id, x.rank, x.line, x.patient_id
