"""« À ne pas faire » at the next appointment of each patient: what was done already, or goes on for too long.

Rules are `avoid.toml`, each with its reference. A line of this list is never a verdict: it holds unless there is an
indication, which no record tells. Whoever prescribed counts, for the patient has had it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from calculators import dates, rows
from calculators.engine import sql_text
from calculators.pertinence.codes import load_codes
from calculators.pertinence.measure import Names
from calculators.pertinence.rule_tables import code_tables, table
from calculators.records.store import Store
from calculators.rules import Frozen, Reference, load

PACKAGE = "calculators.pertinence"


class Running(Frozen):
    """A treatment going on: first delivered within `months`, more than `beyond_days` before the last time."""

    months: int = Field(ge=1)
    beyond_days: int = Field(ge=1)


class Avoid(Frozen):
    """One rule."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str = Field(min_length=1)
    advice: str = Field(min_length=1)
    codes: Names
    recent_months: int = Field(ge=1)
    running: Running | None = None
    reference: Reference


class Rules(Frozen):
    avoid: tuple[Avoid, ...] = Field(min_length=1)


@cache
def rules() -> dict[str, Avoid]:
    """The rules by id. Raises RuleError (French)."""
    return {one.id: one for one in load(Path(__file__).with_name("avoid.toml"), Rules).avoid}


@dataclass(frozen=True)
class ToAvoid:
    """One rule that holds for a patient on the day: since when, and when last."""

    doctor_id: str
    patient_id: str
    rule: str
    first_on: date
    last_on: date


SCHEMA = pa.schema(
    [("doctor_id", pa.string()), ("patient_id", pa.string()), ("rule", pa.string()), ("first_on", pa.date32()),
     ("last_on", pa.date32())]
)  # fmt: skip


def to_avoid(store: Store, as_of: date, doctor: str | None = None, known: Sequence[Avoid] = ()) -> pa.Table:
    """Columns of `SCHEMA`, one row per patient of the list and rule that holds on the day."""
    asked = list(known) or list(rules().values())
    lists = {name: load_codes()[name] for one in asked for name in one.codes}
    numbers = {name: number for number, name in enumerate(lists)}
    engine, day = store.engine(), dates.to_day(as_of)
    for name, made in code_tables(lists).items():
        engine.view(name, made)
    keys = [store.doctor(one).key for one in ([doctor] if doctor else store.doctors())]
    engine.view("asked", table("doctor", [(key,) for key in keys]))
    engine.view("avoid_lists", table("rule list from_day", [
        (place, numbers[name], _back(day, one.running.months if one.running else one.recent_months))
        for place, one in enumerate(asked) for name in one.codes]))  # fmt: skip
    engine.view("avoid_rules", table("rule recent_from beyond_days", [
        (place, _back(day, one.recent_months), one.running.beyond_days if one.running else -1)
        for place, one in enumerate(asked)]))  # fmt: skip
    for step in ("drug_lists", "act_lists", "avoid_list", "avoid_lines"):
        engine.step(step, sql_text(PACKAGE, step), {"day": day})
    found = engine.fetch(f"{sql_text(PACKAGE, 'avoid_found')} order by doctor_id, patient_id, rule")
    return rows.table([_row(one, asked) for one in found.to_pylist()], ToAvoid).cast(SCHEMA)


def _row(found: dict[str, object], asked: Sequence[Avoid]) -> ToAvoid:
    first, last = (dates.from_day(int(str(found[name]))) for name in ("first_day", "last_day"))
    return ToAvoid(str(found["doctor_id"]), str(found["patient_id"]), asked[int(str(found["rule"]))].id, first, last)


def _back(day: int, months: int) -> int:
    return int(dates.shift_months([day], -months)[0])
