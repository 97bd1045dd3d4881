"""The measures of some doctors in a year, counted: sums by stratum, and what each patient adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from calculators.pertinence import needs
from calculators.pertinence.measure import Measure
from calculators.pertinence.needs import Why
from calculators.pertinence.rule_tables import Rules, table
from calculators.pertinence.steps import Steps
from calculators.records.store import Store

Board = Callable[[int, Sequence[str]], pa.Table]
"""(year, indicators) -> patient, doctor (keys), indicator, status on 31 December."""


@dataclass(frozen=True)
class Counts:
    """One year: rows of `measure_cells`, and of `patient_shares` where they were asked for; what cannot be computed, why."""

    rules: Rules
    cells: pa.Table
    shares: pa.Table | None
    problems: Mapping[str, Why]
    steps: Steps


def count(
    store: Store, measures: Mapping[str, Measure], year: int, doctors: Sequence[int] | None, board: Board | None = None,
    by_patient: bool = True,
) -> Counts:  # fmt: skip
    """Count the measures of a year for the doctors (keys; None: all). Those that lack something are left out, with why."""
    steps, problems = valued(store, measures, year, doctors, board)
    steps.cells()
    if by_patient:
        steps.shares()
    shares = steps.rows("patient_shares", "measure, doctor, patient") if by_patient else None
    return Counts(steps.rules, steps.rows("measure_cells", "measure, doctor, stratum"), shares, problems, steps)


def valued(
    store: Store, measures: Mapping[str, Measure], year: int, doctors: Sequence[int] | None, board: Board | None = None
) -> tuple[Steps, Mapping[str, Why]]:
    """The same up to what each patient adds (the tables `listed` and `measured`), and what cannot be computed, with why."""
    known = needs.prescribers_known(store)
    problems = needs.problems(store, Rules(measures, year, known))
    rules = Rules({name: one for name, one in measures.items() if name not in problems}, year, known)
    steps = Steps(
        store.engine(), rules, store.rights_on(rules.last), doctors, store.covers_by_patient, _board(rules, board)
    )
    steps.listed()
    steps.values()
    return steps, problems


def _board(rules: Rules, board: Board | None) -> pa.Table | None:
    """What the prevention board says, as the counts take it."""
    entries = [one for one in rules.entries if one.counted.board]
    if not entries or board is None:
        return None
    rows = []
    told = board(rules.year, sorted({name for one in entries for name in one.counted.board})).to_pylist()
    for entry in entries:
        found: dict[tuple[int, int], int] = {}
        for row in told:
            if row["indicator"] in entry.counted.board and row["status"] in entry.counted.status:
                key = row["doctor"], row["patient"]
                found[key] = found.get(key, 0) + 1
        rows += [(entry.number, doctor, patient, value) for (doctor, patient), value in found.items()]
    return table("entry doctor patient value", rows)
