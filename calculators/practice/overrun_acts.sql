-- in: acts_in_full, asked; :first_day, :last_day
-- out: doctor, patient, act, day, acts (with a base and a price), at_base (without overrun), base_cents, over_cents: what was
--      asked beyond the base, by act
select a.performer as doctor, a.patient, a.act, a.day, cast(sum(a.quantity) as bigint) as acts,
    cast(sum(
        case
            when a.quantity > 0 and a.paid_cents <= a.base_cents then a.quantity
            when a.quantity < 0 and a.paid_cents >= a.base_cents then a.quantity
            else 0
        end
    ) as bigint) as at_base,
    cast(sum(a.base_cents) as bigint) as base_cents, cast(sum(a.paid_cents - a.base_cents) as bigint) as over_cents
from acts_in_full a
join asked d on d.doctor = a.performer
where a.day between :first_day and :last_day and a.base_cents is not null and a.paid_cents is not null
group by a.performer, a.patient, a.act, a.day
