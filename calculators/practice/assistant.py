"""A medical assistant: may the doctor sign, what it brings and costs over three years, what patients more would bring.

Decisions where the definition is silent: the year observed gives the list (its last day) and the fees; what is compared are
the three years after. An assistant already there goes on from the year of the contract reached; without one, the contract
starts on that first of January. Patients are added at once, at the mean fee and the mean base of those there. Without the
number of full-time equivalents typed, or with none, one is supposed. What is asked to sign is not asked of who has signed:
his contract is taken to go on, a hypothesis that is told, since nobody published what its clauses say then.
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
from calculators.rules import Basis, Frozen, Reference

Row = dict[str, Any]
WITH = "avec"
MONTHS = 12
FROM_FIRST_SAID = " ; signature non saisie : compté du premier jour dit"


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
class There:
    """An assistant already there, or a contract already signed: its first day, that of the signature or else the first one
    said."""

    since: date
    is_signed: bool


@dataclass(frozen=True)
class Cabinet:
    """A doctor as the contract sees him: may he sign by his sector, patients on his list, fees in scope of the year, base of
    his pay, both in cents; the assistant that he has."""

    doctor_id: str
    may_sign: bool
    patients: int
    fees_cents: int
    base_cents: int
    there: There | None = None


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
    """The option of so many full-time equivalents, the nearest one; a full time when nothing is said, or that there is no
    assistant."""
    known = assistant().option
    wanted = Decimal(etp or 0) or Decimal(1)
    return min(known, key=lambda name: abs(known[name].etp - wanted))


def not_eligible(one: Cabinet) -> str:
    """Why the contract cannot be signed today, in French; empty when it can."""
    least = assistant().percentiles.P30
    if not one.may_sign:
        return "secteur 2 sans OPTAM, le contrat n’est pas ouvert"
    if one.patients < least:
        return f"{french.plain(french.count(one.patients, 'patient'))} sur la liste, {least} au moins sont demandés"
    return ""


def compared(one: Cabinet, year: int, wanted: Wanted = Wanted()) -> Iterator[Row]:
    """Rows of three years: month, branch, stratum (aide, cout, honoraires, forfait), amount_cents, basis, reason; one row
    without an amount for who has not signed and cannot."""
    row = {"doctor_id": one.doctor_id, "year": year, "decision": "assistant"}
    if one.there is None and (why := not_eligible(one)):
        yield row | {"branch": WITH, "reason": why}
        return
    known = assistant()
    for months in _ahead(year):
        for month, (cents, place) in zip(months, _aid_of(one, year, months, wanted), strict=True):
            yield (
                row
                | {"branch": WITH, "month": month, "stratum": "aide", "amount_cents": cents}
                | _told(one, known.option[wanted.option], place)
            )
        for stratum, yearly, basis, reason in _of_the_year(one, known, wanted):
            for month, cents in zip(months, _spread(yearly), strict=True):
                yield row | {"branch": WITH, "month": month, "stratum": stratum, "amount_cents": cents, "basis": basis,
                             "reason": reason}  # fmt: skip


def contract_year(start: date, day: date) -> int:
    """The year of a contract in which the month of a day counts: 1 for the first twelve, less than 1 before it."""
    return _months_since(start, day) // MONTHS + 1


def aid_ahead(one: Cabinet, year: int, wanted: Wanted) -> list[int]:
    """Cents of the aid in each of the three calendar years that follow the year observed, the doctor's share."""
    return [sum(cents for cents, _ in _aid_of(one, year, months, wanted)) for months in _ahead(year)]


def _ahead(year: int) -> list[list[date]]:
    """First days of the months of the three years after."""
    return [[date(after, month, 1) for month in range(1, MONTHS + 1)] for after in range(year + 1, year + 4)]


def _aid_of(one: Cabinet, year: int, months: list[date], wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Cents of the aid and year of the contract, for each of these months."""
    start, yearly = one.there.since if one.there else date(year + 1, 1, 1), aids(one, wanted)
    for month in months:
        place = min(max(contract_year(start, month), 1), len(yearly))
        yield _spread(yearly[place - 1])[_months_since(start, month) % MONTHS], place


def _months_since(start: date, day: date) -> int:
    return (day.year - start.year) * MONTHS + day.month - start.month


def _told(one: Cabinet, option: Option, place: int) -> Row:
    """Basis and reason of the aid."""
    if one.there is None:
        said = f"{option.label}, année {place}, comme si vous l’embauchiez au 1er janvier"
        return {"basis": option.basis, "reason": said}
    said, basis = f"{option.label}, année {place} du contrat", option.basis
    if not one.there.is_signed:
        said, basis = said + FROM_FIRST_SAID, "hypothese"
    if why := not_eligible(one):
        said, basis = f"{said} ; déjà signé, compté comme s’il continuait : {why}", "hypothese"
    return {"basis": basis, "reason": said}


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
    """How many patients are added."""
    share = assistant().added.share if wanted.added is None else wanted.added
    return _half_up(share * one.patients)


def brought(one: Cabinet, wanted: Wanted) -> tuple[int, int]:
    """Cents a year of the patients added: their fees and their base, at the mean of those there."""
    if not one.patients:
        return 0, 0
    added = added_patients(one, wanted)
    fees, base = (_half_up(Decimal(cents) * added / one.patients) for cents in (one.fees_cents, one.base_cents))
    return fees, base


def _of_the_year(one: Cabinet, known: Assistant, wanted: Wanted) -> Iterator[tuple[str, int, str, str]]:
    said = f"{added_patients(one, wanted)} patients de plus, à la moyenne des autres"
    yield "cout", -yearly_cost(wanted), known.cost.basis, "salaire et cotisations"
    if one.patients:
        fees, base = brought(one, wanted)
        yield "honoraires", fees, known.added.basis, said
        yield "forfait", base, known.added.basis, said


def _spread(cents: int) -> list[int]:
    """A year over its months; the last one takes the odd cents."""
    each = int(Decimal(cents) / MONTHS)
    return [*([each] * (MONTHS - 1)), cents - each * (MONTHS - 1)]


def _half_up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))
