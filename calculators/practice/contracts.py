"""Stay in a demographic contract, or leave it for the majoration of the zone: month by month, up to the end of the contract.

Decisions where the definition is silent:
* who leaves does so on 1 January of the year asked for; what is compared are the whole months left, at most five years;
* a contract paid by the year is paid in December, in proportion to the months; the majoration in April of the year after;
* the base of the list stays what it is;
* without a day of signature, the contract is taken as signed that 1 January;
* what was received and is not typed is what was due before that day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from calculators import rules
from calculators.dates import add_months, to_day
from calculators.practice.tariffs import Euros
from calculators.records.facts import NO_CONTRACT, Facts
from calculators.rules import Basis, Frozen, Reference

Row = dict[str, Any]
STAY, LEAVE, BREAK_EVEN = "rester", "quitter", "base_d_equilibre"
MONTHS = 12


class Instalment(Frozen):
    """A share of what is paid once, so many months after the signature."""

    month: int = Field(ge=0)
    share: Decimal


class Contract(Frozen):
    """One kind. Paid `once`, by the year, or as a share of the fees."""

    label: str
    years: int = Field(gt=0)
    renewed: bool = False
    once: Euros | None = None
    by_days: dict[str, Euros] = Field(default_factory=dict)
    instalments: tuple[Instalment, ...] = ()
    returned: bool = False
    yearly: Euros | None = None
    rate: Decimal | None = None
    most: Euros | None = None
    basis: Basis
    note: str = ""


class Contracts(Frozen):
    """`contracts.toml`."""

    most_years: int
    majoration_month: int
    reference: tuple[Reference, ...] = Field(min_length=1)
    contract: dict[str, Contract]


@dataclass(frozen=True)
class Zone:
    """What leaving brings a doctor: the base of his list in cents, the rate of the majoration by year, whether a holder of
    the contract has it all the same."""

    base_cents: int
    rates: Mapping[int, Decimal]
    kept_by_holders: bool = False


@cache
def contracts() -> Contracts:
    """The contracts that ship. Raises RuleError."""
    return rules.load(Path(__file__).with_name("contracts.toml"), Contracts)


@dataclass(frozen=True)
class Held:
    """The contract of a doctor on the day of the decision."""

    doctor_id: str
    name: str
    contract: Contract
    day: date
    signed: date
    end: date
    total_cents: int
    received_cents: int

    @property
    def months_left(self) -> int:
        """Whole months from the day of the decision."""
        left = 0
        while add_months(self.day, left + 1) <= self.end:
            left += 1
        return left

    def by_year(self) -> dict[int, int]:
        """Months left in each calendar year."""
        found: dict[int, int] = {}
        for month in range(self.months_left):
            year = add_months(self.day, month).year
            found[year] = found.get(year, 0) + 1
        return found


def held(doctor: str, said: Facts, year: int) -> Held | None:
    """The contract said to run on 1 January of the year; None when none is said."""
    day, known = date(year, 1, 1), contracts()
    name = said.on(doctor, "contract", to_day(day))
    if name is None or name == NO_CONTRACT:
        return None
    one = known.contract[name]
    on = said.on(doctor, "contract.signed_on", to_day(day))
    signed = date.fromisoformat(on) if on else day
    end = add_months(signed, MONTHS * one.years)
    while one.renewed and end <= day:
        end = add_months(end, MONTHS * one.years)
    total = total_cents(one, said.on(doctor, "contract.days", to_day(day)))
    received = said.on(doctor, "contract.received", to_day(day))
    before = sum(cents for when, cents in due(one, signed, total) if when < day)
    return Held(
        doctor, name, one, day, signed, min(end, add_months(day, MONTHS * known.most_years)), total,
        int(Decimal(received)) if received else before,
    )  # fmt: skip


def compared(one: Held, zone: Zone, fees_cents: int) -> Iterator[Row]:
    """Rows of both branches and of the base from which leaving pays: month, branch, stratum, amount_cents, basis, reason.
    `fees_cents`: fees of a year, for the contracts that pay a share of them."""
    yield from _stay(one, fees_cents)
    branches = (STAY, LEAVE) if zone.kept_by_holders else (LEAVE,)
    for branch in branches:
        yield from _majoration(one, zone, branch)
    if one.contract.returned:
        yield from _returned(one)
    rate = max(zone.rates.values(), default=Decimal(0))
    yearly = _yearly(one, fees_cents)
    if rate and not zone.kept_by_holders:
        base = half_up(Decimal(yearly) / rate)
        yield _row(
            one, BREAK_EVEN, one.day, base, "hypothese", "base à partir de laquelle quitter le contrat rapporte plus"
        )


def _row(one: Held, branch: str, month: date, cents: int, basis: str, reason: str) -> Row:
    return {
        "doctor_id": one.doctor_id, "year": one.day.year, "decision": "contrat", "branch": branch,
        "month": month.replace(day=1), "stratum": one.name, "amount_cents": cents, "basis": basis, "reason": reason,
    }  # fmt: skip


def _stay(one: Held, fees_cents: int) -> Iterator[Row]:
    """What the contract still pays."""
    if one.contract.once is not None:
        for when, cents in due(one.contract, one.signed, one.total_cents):
            if one.day <= when < one.end:
                yield _row(one, STAY, when, cents, one.contract.basis, "versement du contrat")
        return
    yearly = _yearly(one, fees_cents)
    for year, months in one.by_year().items():
        cents = half_up(Decimal(yearly) * months / MONTHS)
        last = date(year, MONTHS, 1) if months == MONTHS else add_months(one.day, one.months_left - 1)
        yield _row(one, STAY, last, cents, one.contract.basis, f"contrat, {months} mois de {year}")


def _majoration(one: Held, zone: Zone, branch: str) -> Iterator[Row]:
    """The share of the base that the zone brings, paid in the year after."""
    for year, months in one.by_year().items():
        cents = half_up(zone.rates.get(year, Decimal(0)) * zone.base_cents * months / MONTHS)
        month = date(year + 1, contracts().majoration_month, 1)
        percent = f"{zone.rates.get(year, Decimal(0)) * 100:.0f} %"
        yield _row(one, branch, month, cents, "presse", f"majoration de {percent} du socle, {months} mois de {year}")


def _returned(one: Held) -> Iterator[Row]:
    whole = MONTHS * one.contract.years
    left = min(one.months_left, whole)
    cents = half_up(Decimal(one.received_cents) * left / whole)
    yield _row(one, LEAVE, one.day, -cents, "hypothese", f"rendu : {left} mois sur {whole} de ce qui a été reçu")


def _yearly(one: Held, fees_cents: int) -> int:
    """What the contract is worth a year."""
    given = one.contract
    if given.once is not None:
        return half_up(Decimal(one.total_cents) / given.years)
    if given.yearly is not None:
        return int(given.yearly * 100)
    cents = half_up((given.rate or Decimal(0)) * fees_cents)
    return min(cents, int(given.most * 100)) if given.most is not None else cents


def total_cents(one: Contract, days: str | None) -> int:
    """What a contract paid once is worth, by the days of practice a week typed."""
    whole = one.by_days.get(str(int(float(days))), one.once) if days else one.once
    return int((whole or Decimal(0)) * 100)


def due(one: Contract, signed: date, total: int) -> list[tuple[date, int]]:
    """Day and cents of each instalment."""
    return [(add_months(signed, part.month), half_up(part.share * total)) for part in one.instalments]


def half_up(value: Decimal) -> int:
    """To the nearest cent, a half upwards."""
    return int(value.to_integral_value(ROUND_HALF_UP))
