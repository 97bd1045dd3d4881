"""Lines of the income that the doctor's own word opens: what a demographic contract and a medical assistant bring in a year.

Decisions where the definition is silent:
* the aid of an assistant is spread over the months of its contract; a line is due in the last month it counts in the year;
* without the day of signature of that contract, it began on the first day it is said of, and the line is a hypothesis;
* a month counts when what is said holds on its last day; a year of which nothing is said is unknown, never nought.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from calculators import french
from calculators.dates import add_months, from_day, to_day
from calculators.practice.assistant import FROM_FIRST_SAID, MONTHS, Option, There, assistant, contract_year
from calculators.practice.contracts import Contract, contracts, due, half_up, total_cents
from calculators.records.facts import NO_CONTRACT, Facts

Row = dict[str, Any]
BLOCK = "aides"
NOT_SAID = "non saisi : compté si vous le dites (page Mon cabinet, ou practice.toml)"
NO_SIGNATURE = "signature du contrat non saisie : le versement de l’année n’est pas connu"


def lines(doctor: str, year: int, said: Facts, fees_cents: int) -> Iterator[Row]:
    """Rows of the block `aides` of a doctor; one without an amount for what is not said. `fees_cents`: fees of the year, for
    the contracts that pay a share of them."""
    yield from _contract(doctor, year, said, fees_cents)
    yield from _assistant(doctor, year, said)


def _row(doctor: str, year: int, line: str, cents: int | None, **more: Any) -> Row:
    return {"doctor_id": doctor, "year": year, "block": BLOCK, "line": line, "amount_cents": cents} | more


def _months(doctor: str, key: str, said: Facts, year: int) -> dict[str, list[date]]:
    """Last days of the months of the year, by what is said of a key on each."""
    found: dict[str, list[date]] = {}
    for month in range(1, MONTHS + 1):
        last = add_months(date(year, month, 1), 1) - timedelta(days=1)
        value = said.on(doctor, key, to_day(last))
        if value is not None:
            found.setdefault(value, []).append(last)
    return found


# the demographic contract
def _contract(doctor: str, year: int, said: Facts, fees_cents: int) -> Iterator[Row]:
    months = _months(doctor, "contract", said, year)
    if not months:
        yield _row(doctor, year, "contrat", None, reason=NOT_SAID)
    signed = said.on(doctor, "contract.signed_on", to_day(date(year, 12, 31)))
    for name, mine in months.items():
        if name == NO_CONTRACT:
            continue
        one, line = contracts().contract[name], f"contrat.{name}"
        if one.once is None:
            yield from _yearly(doctor, year, line, one, _running(one, signed, mine), fees_cents)
        elif signed is None:
            yield _row(doctor, year, line, None, basis=one.basis, reason=NO_SIGNATURE)
        else:
            yield from _instalments(doctor, year, line, one, date.fromisoformat(signed), said)


def _running(one: Contract, signed: str | None, months: list[date]) -> list[date]:
    """Those of these months in which the contract runs: since its signature, and to its term unless it is renewed."""
    if signed is None:
        return months
    first = date.fromisoformat(signed)
    end = date.max if one.renewed else add_months(first, MONTHS * one.years)
    return [day for day in months if first <= day < end]


def _yearly(doctor: str, year: int, line: str, one: Contract, months: list[date], fees_cents: int) -> Iterator[Row]:
    """A contract that pays by the year, or a share of the fees: in December, in proportion to the months."""
    whole = int(one.yearly * 100) if one.yearly is not None else half_up((one.rate or Decimal(0)) * fees_cents)
    if one.most is not None:
        whole = min(whole, int(one.most * 100))
    if months:
        cents = half_up(Decimal(whole) * len(months) / MONTHS)
        why = f"{one.label}, {len(months)} mois"
        yield _row(doctor, year, line, cents, basis=one.basis, due_on=date(year, MONTHS, 1), reason=why)


def _instalments(doctor: str, year: int, line: str, one: Contract, signed: date, said: Facts) -> Iterator[Row]:
    """A contract paid once: its instalments of the year; where none is due, nought and when they were."""
    days = said.on(doctor, "contract.days", to_day(date(year, 12, 31)))
    parts = due(one, signed, total_cents(one, days))
    mine = [(day, cents) for day, cents in parts if day.year == year]
    for day, cents in mine:
        yield _row(doctor, year, line, cents, quantity=1, unit_cents=cents, basis=one.basis,
                   due_on=day.replace(day=1), reason=f"versement : {one.label}")  # fmt: skip
    if not mine:
        years = french.listed([str(day.year) for day, _ in parts])
        yield _row(doctor, year, line, 0, basis=one.basis, reason=f"{one.label} : versements en {years}")


# the medical assistant
def _assistant(doctor: str, year: int, said: Facts) -> Iterator[Row]:
    months = _months(doctor, "assistant_etp", said, year)
    if not months:
        yield _row(doctor, year, "assistant", None, reason=NOT_SAID)
    for etp, mine in months.items():
        option = next((one for one in assistant().option.values() if one.etp == Decimal(etp)), None)
        if option is not None:
            yield from _aid(doctor, year, option, mine, said)
        elif Decimal(etp):
            said_ = french.typed(float(etp))
            yield _row(doctor, year, "assistant", None, reason=f"aide non publiée pour {said_} équivalent temps plein")


def _aid(doctor: str, year: int, option: Option, months: list[date], said: Facts) -> Iterator[Row]:
    """The aid of the months given, by year of the contract."""
    start = started(doctor, said, date(year, 12, 31))
    for place, mine in _by_contract_year(start.since, months, len(option.years)).items():
        cents = half_up(option.years[place - 1] * 100 * len(mine) / MONTHS)
        why = f"{option.label}, année {place} du contrat, {len(mine)} mois"
        if place == len(option.years):
            why += f" ; davantage au-delà de {french.listed(list(assistant().more))}, non publiés"
        if not start.is_signed:
            why += FROM_FIRST_SAID
        yield _row(
            doctor, year, f"assistant.annee_{place}", cents, basis=option.basis if start.is_signed else "hypothese",
            due_on=mine[-1].replace(day=1), reason=why,
        )  # fmt: skip


def _by_contract_year(start: date, months: list[date], most: int) -> dict[int, list[date]]:
    """Months since the start, by year of the contract; what follows the last year that has an amount of its own is there."""
    found: dict[int, list[date]] = {}
    for day in months:
        if (place := contract_year(start, day)) >= 1:
            found.setdefault(min(place, most), []).append(day)
    return found


def there(doctor: str, said: Facts, day: date) -> There | None:
    """The assistant said to be there on a day; or the contract said to be signed by then, when nothing is said of one."""
    etp, signed = (said.on(doctor, key, to_day(day)) for key in ("assistant_etp", "assistant_signed_on"))
    if etp is None:
        return started(doctor, said, day) if signed and date.fromisoformat(signed) <= day else None
    return started(doctor, said, day) if Decimal(etp) else None


def started(doctor: str, said: Facts, day: date) -> There:
    """When the contract of the assistant began: its signature as said on a day, or else the first day one is said there."""
    if signed := said.on(doctor, "assistant_signed_on", to_day(day)):
        return There(date.fromisoformat(signed), is_signed=True)
    first = min(one.from_day for one in said.of(doctor, "assistant_etp") if float(one.value))
    return There(from_day(first), is_signed=False)
