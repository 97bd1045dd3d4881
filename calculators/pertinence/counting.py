"""The measures of some doctors, counted in several years at once: what each patient adds, and sums by stratum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.pertinence import needs
from calculators.pertinence.measure import Measure
from calculators.pertinence.needs import Why
from calculators.pertinence.rule_tables import Entry, Rules, table
from calculators.pertinence.steps import Steps
from calculators.records.store import Store

Board = Callable[[Sequence[int], Sequence[str]], Mapping[int, pa.Table]]
"""(years, indicators) -> by year, patient, doctor (keys), indicator, status on 31 December."""


ADDED = ("denominator", "numerator", "earlier", "lines", "unpriced")


@dataclass(frozen=True)
class Counts:
    """One year: rows of `patient_shares`; and what cannot be computed, why."""

    rules: Rules
    shares: pa.Table
    problems: Mapping[str, Why]

    @cached_property
    def cells(self) -> pa.Table:
        """The shares added up as `measure_cells` does (measure, doctor, stratum, patients, ADDED), without the squares."""
        is_counted = pc.cast(pc.greater(self.shares["denominator"], 0), pa.int64())
        by = ["measure", "doctor", "stratum"]
        found = self.shares.append_column("patients", is_counted).group_by(by).aggregate(
            [(name, "sum") for name in ("patients", *ADDED)]
        )  # fmt: skip
        return found.rename_columns([*by, "patients", *ADDED]).sort_by([(name, "ascending") for name in by])


def count_years(
    store: Store, asked: Mapping[int, Mapping[str, Measure]], doctors: Sequence[int] | None, board: Board | None = None
) -> dict[int, Counts]:
    """Count the measures of each year, the latest first, for the doctors (keys; None: all), in one pass over the records.
    Those that lack something are left out, with why."""
    steps, problems = valued(store, asked, doctors, board)
    steps.shares()
    shares = steps.rows("patient_shares", "measure, doctor, patient")
    known, found, start = needs.prescribers_known(store), {}, 0
    for year, of in asked.items():
        usable = {name: one for name, one in of.items() if name not in problems[year]}
        mine = _between(shares, start, start + len(usable))
        found[year] = Counts(Rules(usable, year, known), mine, problems[year])
        start += len(usable)
    return found


def valued(
    store: Store, asked: Mapping[int, Mapping[str, Measure]], doctors: Sequence[int] | None, board: Board | None = None
) -> tuple[Steps, dict[int, dict[str, Why]]]:
    """The same up to what each patient adds to the numerator (the tables `listed` and `measured`), and what cannot be
    computed of each year, with why."""
    known = needs.prescribers_known(store)
    met = needs.met(store, [one for of in asked.values() for one in of.values()])
    problems = {year: needs.problems(store, Rules(of, year, known), met) for year, of in asked.items()}
    usable = {year: {name: one for name, one in of.items() if name not in problems[year]} for year, of in asked.items()}
    (latest, of), *earlier = usable.items()
    rules = Rules(of, latest, known, dict(earlier))
    steps = Steps(store.engine(), rules, store.rights_on, doctors, store.covers_by_patient, _board(rules, board))
    steps.listed()
    steps.values()
    return steps, problems


def _between(rows: pa.Table, first: int, end: int) -> pa.Table:
    """The rows of these measures, numbered from 0."""
    number = rows["measure"]
    kept = rows.filter(pc.and_(pc.greater_equal(number, first), pc.less(number, end)))
    return kept.set_column(kept.schema.get_field_index("measure"), "measure", pc.subtract(kept["measure"], first))


def _board(rules: Rules, board: Board | None) -> pa.Table | None:
    """What the prevention board says, as the counts take it."""
    entries = [one for one in rules.entries if one.counted.board]
    if not entries or board is None:
        return None
    names = sorted({name for one in entries for name in one.counted.board})
    told = board(rules.years, names)
    return pa.concat_tables([_on_the_board(one, told[one.year]) for one in entries])


def _on_the_board(entry: Entry, told: pa.Table) -> pa.Table:
    """entry, doctor, patient, value: rows of the board that a count takes."""
    wanted = pc.and_(
        _is_one_of(told["indicator"], entry.counted.board), _is_one_of(told["status"], entry.counted.status)
    )
    found = told.filter(wanted).group_by(["doctor", "patient"]).aggregate([([], "count_all")])
    columns = {"doctor": found["doctor"], "patient": found["patient"], "value": found["count_all"]}
    schema = table("entry doctor patient value", []).schema
    return pa.table({"entry": np.full(found.num_rows, entry.number, np.int32)} | columns).cast(schema)


def _is_one_of(column: pa.ChunkedArray, names: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(names, pa.string()))
