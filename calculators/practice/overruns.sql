-- in: overrun_acts
-- out: doctor, acts (with a base and a price), at_base (without overrun), base_cents, over_cents: what was asked beyond the base
select doctor, cast(sum(acts) as bigint) as acts, cast(sum(at_base) as bigint) as at_base,
    cast(sum(base_cents) as bigint) as base_cents, cast(sum(over_cents) as bigint) as over_cents
from overrun_acts
group by doctor
