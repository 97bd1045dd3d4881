"""Which assumption moves the result: open points of the agreement, and the rate of each indicator.

The open points come from the version file; national and target rates from `attainment.toml`, both assumptions.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from calculators import rules
from calculators.forfait.pay import pay_lines, total_cents
from calculators.forfait.version import FOLDER, Version, apply_changes
from calculators.records.store import Store


@dataclass(frozen=True)
class OpenReading:
    """One row of `tornado`: another reading of an open point."""

    point: str
    label: str
    default: str
    alternative: str
    amount_cents: int


@dataclass(frozen=True)
class Level:
    """One row of `indicator_levels`."""

    indicator: str
    eligible: int
    validated: int
    today_cents: int
    national_cents: int | None
    target_cents: int | None
    point_cents: int


def tornado(
    store: Store, version: Version, year: int, validated: Callable[[Version], pa.Table], doctor: str | None = None
) -> pa.Table:
    """Every alternative of every open point, alone: point, label, default, alternative, amount_cents (what the year's
    pay gains or loses), the largest movement first. `validated`: the indicators validated as a version reads them."""
    now = total_cents(pay_lines(store, version, year, validated(version), doctor))
    rows = []
    for point in version.open_point:
        for alternative in point.alternative:
            other = apply_changes(version, alternative.change)
            moved = total_cents(pay_lines(store, other, year, validated(other), doctor)) - now
            rows.append((point.id, point.label, point.default, alternative.label, moved))
    rows.sort(key=lambda row: (-abs(row[-1]), row[0]))
    names = ("point", "label", "default", "alternative")
    columns = {name: pa.array([row[position] for row in rows], pa.string()) for position, name in enumerate(names)}
    return pa.table(columns | {"amount_cents": pa.array([row[-1] for row in rows], pa.int64())})


def attainment() -> dict[str, tuple[Fraction, Fraction]]:
    """National rate and target of each indicator; one judged in the place of a line of the slides has its rates."""
    known = rules.read_toml(FOLDER / "attainment.toml")
    of_lines = {
        name: (Fraction(str(rate["national"])), Fraction(str(rate["target"])))
        for name, rate in known["indicator"].items()
    }
    return of_lines | {name: of_lines[line] for name, line in known["instead"].items()}


def published_lines(judged: Container[str]) -> dict[str, Fraction]:
    """National rate of each line of the slides, once, under the name by which it is judged."""
    known, rates = rules.read_toml(FOLDER / "attainment.toml"), attainment()
    instead = {line: name for name, line in known["instead"].items() if name in judged}
    return {instead.get(line, line): rates[line][0] for line in known["indicator"]}


def indicator_levels(version: Version, eligible: pa.Table) -> pa.Table:
    """The prevention part at today's, national and target rates, indicator by indicator.

    `eligible` has columns indicator, eligible, validated (patients). Adds, in cents: today_cents, national_cents,
    target_cents (never below today's; null without a published rate) and point_cents, the value of one more
    percentage point. Patients at a rate are not rounded; amounts are, once.
    """
    rates = attainment()
    rows = [_levels(version, row, rates.get(row["indicator"])) for row in eligible.to_pylist()]
    names = ("eligible", "validated", "today_cents", "national_cents", "target_cents", "point_cents")
    return pa.Table.from_pylist(rows, pa.schema([("indicator", pa.string()), *((name, pa.int64()) for name in names)]))


def _levels(version: Version, row: dict[str, int | str], rates: tuple[Fraction, Fraction] | None) -> dict[str, object]:
    unit, eligible = version.indicator_cents(str(row["indicator"])), int(row["eligible"])
    today = unit * int(row["validated"])
    national, target = (_half_up(unit * eligible * rate) for rate in rates) if rates else (None, None)
    return {
        **row,
        "today_cents": today,
        "national_cents": national,
        "target_cents": None if target is None else max(today, target),
        "point_cents": _half_up(Fraction(unit * eligible, 100)),
    }


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
