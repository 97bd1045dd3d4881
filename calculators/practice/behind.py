"""The acts behind a figure of a doctor, one by one: of a line of his income, of a rule he is held to.

They sum to the figure. Of the income and of the shares of acts, `quantity` does; of the mean overrun, `over_cents` does, on
the acts that have some. What has no act behind it, as a sum typed or a lump sum, has no row.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from calculators.dates import from_day
from calculators.engine import Engine, sql_text
from calculators.practice import acts
from calculators.practice.acts import ROOM
from calculators.practice.limits import OPTAM, half_of, limits_file, take_overruns, take_pairs, take_teleconsultations
from calculators.practice.tariffs import periods, tariff_table, tariffs
from calculators.records.store import Store
from calculators.rows import table

WITHOUT_TARIFF = "sans_tarif"
OVERRUN, WITHOUT_OVERRUN = OPTAM
NAMED = (
    "select p.patient_id, k.system, k.code, t.day, {columns} from {rows} t join patient_keys p on p.patient = t.patient "
    "join act_keys k on k.act = t.act where {only}"
)


@dataclass(frozen=True)
class ActBehind:
    """One act, or several alike of a day. `figure`: a line of the income (`figure_of`), or a rule; `over_cents`: asked
    beyond the base, of the mean overrun alone."""

    figure: str
    patient_id: str
    day: date
    system: str
    code: str
    quantity: int
    over_cents: int | None = None


def income(store: Store, year: int, doctor: str) -> pa.Table:
    """Fields of ActBehind: the acts of each line that acts make, oldest first. Raises UserError: unknown doctor."""
    engine, known = store.engine(), tariffs()
    acts.take(engine, store, doctor, date(year, 1, 1), date(year, 12, 31))
    engine.view("tariffs", tariff_table(store, known))
    numbered = periods(known)
    found = []
    for row in engine.fetch(sql_text(ROOM, "income_acts")).to_pylist():
        number = row.pop("tariff")
        one = None if number is None else numbered[number]
        figure = figure_of(one.letter, one.period.cents) if one else figure_of(row["code"], None)
        found.append(_act(figure, row))
    return in_order(found)


def fees_cents(found: Iterable[ActBehind]) -> int:
    """What the acts of the income are worth at their tariffs; those without one, nothing."""
    unit = _units()
    return sum(unit.get(one.figure, 0) * one.quantity for one in found)


def off_list(found: Iterable[ActBehind], listed: Collection[str]) -> list[ActBehind]:
    """Of the acts of the income, those in scope of a capitation for patients who are not on the list of the group."""
    scope = _in_scope()
    return [one for one in found if one.figure in scope and one.patient_id not in listed]


@cache
def _in_scope() -> frozenset[str]:
    return frozenset(figure_of(one.letter, one.period.cents) for one in periods(tariffs()) if one.tariff.scope)


@cache
def _units() -> dict[str, int]:
    return {figure_of(one.letter, one.period.cents): one.period.cents for one in periods(tariffs())}


def figure_of(line: str, unit_cents: int | None) -> str:
    """The name of a line of the income: a letter at one of its tariffs, or a code without."""
    return f"{WITHOUT_TARIFF}.{line}" if unit_cents is None else f"{line}.{unit_cents}"


def limits(store: Store, year: int, doctor: str, rules: set[str]) -> pa.Table:
    """The same of these rules: the acts of the numerator of each. `rules`: of those that `limits` gives a value to."""
    found: list[ActBehind] = []
    if readings := [one for one in limits_file().teleconsultation.reading if one.rule in rules]:
        engine = store.engine()
        take_teleconsultations(engine, store, year, doctor)
        for reading in readings:
            only = "t.is_tele = 1 and t.is_out = 1" if reading.tele == "out" else "t.is_tele = 1"
            found += _rows(engine, reading.rule, "tele_acts", "t.quantity", only)
    engine = store.engine()
    engine.view("asked", acts.asked(store, doctor))
    if rules & set(OPTAM):
        take_overruns(engine, year)
    if OVERRUN in rules:
        columns = "t.acts as quantity, t.over_cents"
        found += _rows(engine, OVERRUN, "overrun_acts", columns, "t.over_cents <> 0")
    if WITHOUT_OVERRUN in rules:
        found += _rows(engine, WITHOUT_OVERRUN, "overrun_acts", "t.at_base as quantity", "t.at_base <> 0")
    if limits_file().pairs.rule in rules:
        found += _missed(engine, store, year)
    return in_order(found)


def in_order(found: list[ActBehind]) -> pa.Table:
    return table(sorted(found, key=lambda one: (one.figure, one.day, one.patient_id, one.code)), ActBehind)


def _rows(engine: Engine, figure: str, rows: str, columns: str, only: str) -> Iterator[ActBehind]:
    for row in engine.fetch(NAMED.format(columns=columns, rows=rows, only=only)).to_pylist():
        yield _act(figure, row)


def _act(figure: str, row: dict[str, Any]) -> ActBehind:
    return ActBehind(figure, **row | {"day": from_day(row["day"])})


def _missed(engine: Engine, store: Store, year: int) -> Iterator[ActBehind]:
    """Of the acts billed with a consultation, those paid at half."""
    take_pairs(engine, store, year)
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.fetch(
        "select p.patient_id, t.day, t.name, t.line_cents, t.line_acts, t.quantity from billed_together t "
        "join patient_keys p on p.patient = t.patient"
    ).to_pylist():
        by_code[row["name"]].append(row)
    for code, lines in by_code.items():
        bases = [row["line_cents"] / row["line_acts"] for row in lines]
        half = half_of(code, bases, tariffs(), date(year, 12, 31))
        for row, base in zip(lines, bases, strict=True):
            if base <= half:
                yield ActBehind(limits_file().pairs.rule, row["patient_id"], from_day(row["day"]), "ccam", code,
                                row["quantity"])  # fmt: skip
