-- in: cohort, tariff (age, ald, c2s, seen -> line, amount_cents); :c2s_cents, :c2s_paid (0 or 1), :c2s_unseen (0 or 1: paid
--     for a patient not seen too)
-- out: doctor, patient, part, line, amount_cents: one base line per patient, and his C2S supplement. What is not known never
--      counts as a right; a patient of whom it is not known whether he was seen is paid the ordinary line
select k.doctor, k.patient, 'socle' as part, t.line, t.amount_cents
from cohort k
join tariff t on t.age = k.age and t.ald = coalesce(k.ald, 0) and t.c2s = coalesce(k.c2s, 0)
    and t.seen = coalesce(k.seen, 1)
union all
select k.doctor, k.patient, 'c2s' as part, 'par_patient' as line, cast(:c2s_cents as bigint) as amount_cents
from cohort k
where :c2s_paid = 1 and k.c2s = 1 and (:c2s_unseen = 1 or coalesce(k.seen, 1) = 1)
