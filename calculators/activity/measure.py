"""The activity of doctors over the twelve months that end on a day, and their lists on that day.

An act is one patient, one code and one day, net of reversals as far as the lines of one performer tell; its kind is that of
`care.toml`. The active file is everybody the doctor did something for, on his list or not. Of rights, only patients whose
right is known are counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from calculators import rules
from calculators.dates import to_day
from calculators.engine import Engine, sql_text
from calculators.records import history
from calculators.records.roster import lists
from calculators.records.store import Store
from calculators.rules import Frozen, Reference

ROOM = "calculators.activity"
MEASURES = pa.schema([("doctor_id", pa.string()), ("measure", pa.string()), ("value", pa.float64())])
OTHER = "autre"


class Settings(Frozen):
    """The file `measures.toml`."""

    reference: tuple[Reference, ...]
    least_peers: int
    ages: tuple[int, ...]


@dataclass(frozen=True)
class Beside:
    """One measure of a doctor: `value` (null: not known), `median` of the others and how many they are (null and 0: fewer
    than `least_peers` have it). Numbers of acts or patients, or a percent where the name says `share`."""

    measure: str
    value: float | None
    median: float | None
    doctors: int


@cache
def settings() -> Settings:
    return rules.load(Path(__file__).with_name("measures.toml"), Settings)


def names() -> list[str]:
    """Every measure, in the order in which they are told."""
    ages = [f"age_{first}" for first in settings().ages]
    return ["acts", *history.words().visit, OTHER, "active_file", "listed", *ages, "ald_share", "c2s_share"]


def measures(store: Store, doctors: Sequence[str], as_of: date) -> pa.Table:
    """Columns of MEASURES, one row per doctor asked and measure."""
    engine = store.engine()
    contacts(engine, doctors, as_of)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in engine.fetch(sql_text(ROOM, "contact_counts")).to_pylist():
        counts[row["doctor_id"]][row["kind"]] = row["acts"]
    files = {row["doctor_id"]: row["patients"] for row in engine.fetch(sql_text(ROOM, "active_files")).to_pylist()}
    listed = _by_doctor(store, doctors, as_of)
    found = [
        {"doctor_id": doctor, "measure": name, "value": value}
        for doctor in doctors
        for name, value in {
            **_done(counts.get(doctor, {})), "active_file": float(files.get(doctor, 0)), **_list(listed[doctor]),
        }.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(found, schema=MEASURES)


def _by_doctor(store: Store, doctors: Sequence[str], as_of: date) -> Mapping[str, list[dict[str, Any]]]:
    """Rows of `lists` of each doctor."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lists(store, doctors, as_of).to_pylist():
        found[row["doctor_id"]].append(row)
    return found


def contacts(engine: Engine, doctors: Sequence[str], as_of: date) -> None:
    """Keep the step `contacts`, of these doctors and the twelve months up to a day."""
    engine.view("asked_doctors", pa.table({"doctor_id": pa.array(doctors, pa.string())}))
    engine.view("kinds", _kinds())
    after, last = history.year_of(as_of)
    engine.step("contacts", sql_text(ROOM, "contacts"), {"after": to_day(after), "last": to_day(last)})


def patients_of(store: Store, doctor: str, as_of: date) -> dict[str, list[str]]:
    """The patients of his list behind each measure that has some, by id, in order; those of acts are who had one of him in
    the twelve months."""
    engine, listed = store.engine(), lists(store, [doctor], as_of).to_pylist()
    contacts(engine, [doctor], as_of)
    found: dict[str, set[str]] = defaultdict(set)
    for row in listed:
        for name in (
            "listed",
            f"age_{first_age(row['age'])}",
            *["ald_share"] * bool(row["ald"]),
            *["c2s_share"] * bool(row["c2s"]),
        ):
            found[name].add(row["patient_id"])
    for row in engine.fetch(sql_text(ROOM, "contact_patients"), {"doctor": doctor}).to_pylist():
        for name in (row["kind"], "acts", "active_file"):
            found[name].add(row["patient_id"])
    return {name: sorted(found[name] & found["listed"]) for name in names() if found[name] & found["listed"]}


def _kinds() -> pa.Table:
    rows = [("ngap", code, kind) for kind, codes in history.words().visit.items() for code in codes]
    return pa.table(dict(zip(("system", "code", "kind"), map(list, zip(*rows, strict=True)), strict=True)))


def _done(counts: Mapping[str, int]) -> dict[str, float]:
    kinds = [*history.words().visit, OTHER]
    return {"acts": float(sum(counts.values()))} | {kind: float(counts.get(kind, 0)) for kind in kinds}


def first_age(age: int) -> int:
    """The first age of the class of an age."""
    return next(first for first in reversed(settings().ages) if age >= first)


def _list(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Size of a list, patients by class of age, shares with a right among those of whom it is known."""
    ages = [first_age(row["age"]) for row in rows]
    ald, c2s = ([row[right] for row in rows if row[right] is not None] for right in ("ald", "c2s"))
    by_age: dict[str, float | None] = {f"age_{first}": float(ages.count(first)) for first in settings().ages}
    return {"listed": float(len(rows)), **by_age, "ald_share": _share(ald), "c2s_share": _share(c2s)}


def _share(known: Sequence[bool]) -> float | None:
    return 100 * sum(known) / len(known) if known else None


def beside(mine: pa.Table, others: pa.Table, doctor: str) -> list[Beside]:
    """Rows of `measures` of one doctor beside the median of the other doctors of another table, in the order of `names`."""
    own = dict(zip(mine["measure"].to_pylist(), mine["value"].to_pylist(), strict=True))
    values: dict[str, list[float]] = defaultdict(list)
    for row in others.to_pylist():
        if row["doctor_id"] != doctor and row["value"] is not None:
            values[row["measure"]].append(row["value"])
    return [Beside(name, own.get(name), *_median(values[name])) for name in names()]


def _median(values: Iterable[float]) -> tuple[float | None, int]:
    known = list(values)
    return (median(known), len(known)) if len(known) >= settings().least_peers else (None, 0)
