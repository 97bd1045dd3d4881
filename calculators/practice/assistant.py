"""A medical assistant: may the doctor sign, what it brings and costs over three years, what patients more would bring.

Decisions where the definition is silent: the year observed gives the list (its last day) and the fees; the contract starts
on the first of January after. Patients are added at once, at the mean fee and the mean base of those there. Without the
number of full-time equivalents typed, one is supposed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from calculators import french, rules
from calculators.dates import add_months
from calculators.rules import Basis, Frozen, Reference

Row = dict[str, Any]
WITH = "avec"
MONTHS = 12


class Cost(Frozen):
    net_month: Decimal
    factor: Decimal
    basis: Basis


class Adult(Frozen):
    from_: int = Field(alias="from")
    basis: Basis


class Added(Frozen):
    share: Decimal
    basis: Basis


class Option(Frozen):
    """Euros of the first year, of the second, of the third and of those after."""

    label: str
    etp: Decimal
    years: tuple[Decimal, Decimal, Decimal]
    basis: Basis


class Percentiles(Frozen):
    """Patients on the list, by percentile; `gain`: what was asked of those who start there."""

    P30: int
    P50: int | None = None
    P70: int | None = None
    P90: int | None = None
    P95: int | None = None
    basis: Basis
    distribution: str = ""
    unknown: tuple[str, ...] = ()
    gain: dict[str, Decimal] = Field(default_factory=dict)


class Assistant(Frozen):
    """`assistant.toml`."""

    reference: tuple[Reference, ...] = Field(min_length=1)
    cost: Cost
    adult: Adult
    added: Added
    option: dict[str, Option]
    percentiles: Percentiles
    percentiles_2019: Percentiles
    more: dict[str, dict[str, tuple[Decimal, Decimal, Decimal]]]


@dataclass(frozen=True)
class Cabinet:
    """A doctor as the contract sees him: may he sign by his sector, patients on his list, fees in scope of the year, base of
    his pay, both in cents."""

    doctor_id: str
    may_sign: bool
    patients: int
    fees_cents: int
    base_cents: int


@dataclass(frozen=True)
class Wanted:
    """What is tried: an option of the contract, the net salary of a full time, patients added as a share of the list, the
    share of the assistant that is his, and the percentiles typed."""

    option: str = "plein_temps"
    net_month: Decimal | None = None
    added: Decimal | None = None
    share: Decimal = Decimal(1)
    percentiles: Mapping[str, int] | None = None


@cache
def assistant() -> Assistant:
    """The contract that ships. Raises RuleError."""
    return rules.load(Path(__file__).with_name("assistant.toml"), Assistant)


def option_of(etp: str | None) -> str:
    """The option of so many full-time equivalents, the nearest one; a full time when nothing is said."""
    known = assistant().option
    wanted = Decimal(etp) if etp else Decimal(1)
    return min(known, key=lambda name: abs(known[name].etp - wanted))


def not_eligible(one: Cabinet) -> str:
    """Why the contract cannot be signed, in French; empty when it can."""
    least = assistant().percentiles.P30
    if not one.may_sign:
        return "secteur 2 sans OPTAM : le contrat n’est pas ouvert"
    if one.patients < least:
        return f"{french.plain(french.count(one.patients, 'patient'))} sur la liste, {least} au moins sont demandés"
    return ""


def compared(one: Cabinet, year: int, wanted: Wanted = Wanted()) -> Iterator[Row]:
    """Rows of three years: month, branch, stratum (aide, cout, honoraires, forfait), amount_cents, basis, reason; one row
    without an amount for who cannot sign."""
    row = {"doctor_id": one.doctor_id, "year": year, "decision": "assistant"}
    if why := not_eligible(one):
        yield row | {"branch": WITH, "reason": why}
        return
    known, start = assistant(), date(year + 1, 1, 1)
    for place, aid in enumerate(aids(one, wanted)):
        for stratum, yearly, basis, reason in _of_the_year(one, known, wanted, aid, place + 1):
            for number, cents in enumerate(_spread(yearly)):
                month = add_months(start, MONTHS * place + number)
                yield row | {"branch": WITH, "month": month, "stratum": stratum, "amount_cents": cents, "basis": basis,
                             "reason": reason}  # fmt: skip


def aids(one: Cabinet, wanted: Wanted) -> list[int]:
    """Cents of the aid in the first, second and third year, the doctor's share."""
    known = assistant()
    years = known.option[wanted.option].years
    bounds = {name: cut for name in known.more if (cut := (wanted.percentiles or {}).get(name))}
    for name, cut in sorted(bounds.items(), key=lambda item: item[1]):
        if one.patients >= cut:
            years = known.more[name][wanted.option]
    return [_half_up(euros * 100 * wanted.share) for euros in years]


def yearly_cost(wanted: Wanted) -> int:
    """Cents a year of the doctor's share of the assistant."""
    known = assistant()
    net = known.cost.net_month if wanted.net_month is None else wanted.net_month
    month = net * known.cost.factor * known.option[wanted.option].etp
    return _half_up(month * MONTHS * 100 * wanted.share)


def added_patients(one: Cabinet, wanted: Wanted) -> int:
    share = assistant().added.share if wanted.added is None else wanted.added
    return _half_up(share * one.patients)


def _of_the_year(
    one: Cabinet, known: Assistant, wanted: Wanted, aid: int, place: int
) -> Iterator[tuple[str, int, str, str]]:
    added = added_patients(one, wanted)
    said = f"{added} patients de plus, à la moyenne des autres"
    option = known.option[wanted.option]
    yield "aide", aid, option.basis, f"{option.label}, année {place}"
    yield "cout", -yearly_cost(wanted), known.cost.basis, "salaire et cotisations"
    if one.patients:
        fees = _half_up(Decimal(one.fees_cents) * added / one.patients)
        base = _half_up(Decimal(one.base_cents) * added / one.patients)
        yield "honoraires", fees, known.added.basis, said
        yield "forfait", base, known.added.basis, said


def _spread(cents: int) -> list[int]:
    """A year over its months; the last one takes the odd cents."""
    each = int(Decimal(cents) / MONTHS)
    return [*([each] * (MONTHS - 1)), cents - each * (MONTHS - 1)]


def _half_up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))
