-- in: cohort, paying (doctor, share, rest), tariff (share, age, ald, c2s, seen -> line, amount_cents, whole_cents),
--     c2s_amounts (share, amount_cents; no row: no supplement); :c2s_unseen (0 or 1: paid for a patient not seen too)
-- out: doctor, patient, part, line, amount_cents, whole_cents (before the end of practice takes a part of it): of doctors who
--      are paid, one base line per patient, and his C2S supplement. What is not known never counts as a right; a patient of
--      whom it is not known whether he was seen is paid the ordinary line
select k.doctor, k.patient, 'socle' as part, t.line, t.amount_cents, t.whole_cents
from cohort k
join paying p on p.doctor = k.doctor
join tariff t on t.share = p.share and t.age = k.age and t.ald = coalesce(k.ald, 0) and t.c2s = coalesce(k.c2s, 0)
    and t.seen = coalesce(k.seen, 1)
union all
select k.doctor, k.patient, 'c2s' as part, 'par_patient' as line, s.amount_cents, s.amount_cents as whole_cents
from cohort k
join paying p on p.doctor = k.doctor
join c2s_amounts s on s.share = p.share
where p.rest = 1 and k.c2s = 1 and (:c2s_unseen = 1 or coalesce(k.seen, 1) = 1)
