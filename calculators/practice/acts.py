"""What a doctor billed, one row per (doctor, patient, act, day), reversals netted by who performed; and the codes of acts.

A rule names an act by its key letter (ngap) or CCAM code, and by its number in the tables of reimbursements (prs_nat) where
it has one: whichever a record holds, it is the same act.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa

from calculators.dates import to_day
from calculators.engine import Engine, sql_text
from calculators.records.store import Store
from calculators.rules import Frozen

ROOM = "calculators.practice"
CONVENTIONED = ("ngap", "ccam", "prs_nat")
"""Nomenclatures of what a doctor bills."""


class Codes(Frozen):
    """The codes of acts that count alike, by nomenclature."""

    ngap: tuple[str, ...] = ()
    ccam: tuple[str, ...] = ()
    prs_nat: tuple[str, ...] = ()

    def pairs(self) -> list[tuple[str, str]]:
        """(system, code)."""
        return [(system, code) for system in CONVENTIONED for code in getattr(self, system)]


def act_keys(store: Store) -> dict[tuple[str, str], int]:
    """Key of each (system, code) of the store."""
    rows = store.engine().fetch("select act, system, code from act_keys").to_pylist()
    return {(row["system"], row["code"]): row["act"] for row in rows}


def named(store: Store, wanted: Mapping[str, Codes]) -> pa.Table:
    """act, name: the acts of the store that each name stands for."""
    keys = act_keys(store)
    found = [(keys[pair], name) for name, codes in wanted.items() for pair in codes.pairs() if pair in keys]
    acts, names = [one for one, _ in found], [name for _, name in found]
    return pa.table({"act": pa.array(acts, pa.int32()), "name": pa.array(names, pa.string())})


def asked(store: Store, doctor: str | None) -> pa.Table:
    """doctor, doctor_id: the one asked for, or all who have a list or a row of their own. Raises UserError."""
    names = store.doctors() if doctor is None else [doctor]
    keys = [store.doctor(name).key for name in names]
    return pa.table({"doctor": pa.array(keys, pa.int32()), "doctor_id": pa.array(names, pa.string())})


def take(engine: Engine, store: Store, doctor: str | None, first: date, last: date) -> None:
    """Make `asked`, and `own_care`: what these doctors did between two days, both included."""
    engine.view("asked", asked(store, doctor))
    engine.step("own_care", sql_text(ROOM, "own_care"), {"first_day": to_day(first), "last_day": to_day(last)})


def step(engine: Engine, names: Iterable[str], params: Mapping[str, int] | None = None) -> None:
    """Run steps of this room in order."""
    for name in names:
        engine.step(name, sql_text(ROOM, name), dict(params or {}))
