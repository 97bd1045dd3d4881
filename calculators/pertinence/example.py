"""Runs the examples of measures: each is the one patient of a doctor of his own, through the very steps of real records."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from calculators import dates
from calculators.engine import DuckEngine, Engine
from calculators.pertinence.measure import By, Example, Measure
from calculators.pertinence.rule_tables import Rules
from calculators.pertinence.steps import Steps
from calculators.records import views
from calculators.rules import Outcome, outcome

ANYONE = 1_000_000
"""Key of whoever is not the doctor."""
INTEGER, TEXT = pa.int32(), pa.string()
COLUMNS = {
    "patients": "patient birth_day sex:t died_day ald_known c2s_known",
    "registrations": "patient doctor from_day to_day",
    "ald": "patient ald from_day to_day",
    "c2s": "patient from_day to_day",
    "acts_in_full": "patient act day quantity performer performer_specialty with_reversal prescriber prescriber_specialty "
    "prescribed_day base_cents paid_cents exo session:t",
    "deliveries_in_full": "patient drug product day boxes base_cents prescriber prescriber_specialty with_reversal "
    "from_reference prescribed_day exo",
    "products": "product drug pack_days pack_units biosimilar_group:t role:t device:t",
    "devices": "code:t label:t kind:t units",
    "stays": "patient entry_day exit_day kind:t ghm:t",
    "sick_leaves": "patient prescriber from_day to_day kind:t extension part_time",
    "drug_keys": "drug atc:t",
    "act_keys": "act system:t code:t",
    "coverage": "patient care from_day to_day",
}  # fmt: skip


def run(measure: Measure) -> list[Outcome]:
    """Each example of a measure, with what it expected otherwise."""
    return run_all([measure])


def run_all(measures: Sequence[Measure]) -> list[Outcome]:
    """The examples of all measures, in order; one run of the steps for each year."""
    every = [(measure, example) for measure in measures for example in measure.example]
    found: dict[int, dict[str, int]] = {}
    for year in {example.year for _, example in every}:
        here = {place: example for place, (_, example) in enumerate(every) if example.year == year}
        for row in cells({one.id: one for one in measures}, here, year).to_pylist():
            place = row["doctor"]
            if measures[row["measure"]].id == every[place][0].id:
                counts = found.setdefault(place, {"denominator": 0, "numerator": 0})
                counts["denominator"] += row["denominator"]
                counts["numerator"] += row["numerator"]
    nothing = {"denominator": 0, "numerator": 0}
    return [
        outcome(f"{measure.id} : {example.name}", example.expected.model_dump(), found.get(place, nothing))
        for place, (measure, example) in enumerate(every)
    ]


def cells(measures: dict[str, Measure], examples: dict[int, Example], year: int) -> pa.Table:
    """Rows of the step `measure_cells` over these patients; the number of each is the key of his doctor."""
    engine, rules = DuckEngine(), Rules(measures, year)
    for name, rows in World(examples).tables().items():
        engine.view(name, rows)
    show(engine)
    steps = Steps(engine, rules, lambda day: {"day": day, "ald_known": 1, "c2s_known": 1}, None)
    steps.listed()
    steps.values()
    steps.cells()
    return steps.rows("measure_cells", "measure, doctor, stratum")


def show(engine: Engine) -> None:
    """The narrow tables and the views of care, over the tables in full."""
    for table, columns in (("acts", "patient, act, day, quantity, performer"), (
        "deliveries", "patient, drug, product, day, boxes, base_cents, prescriber, prescriber_specialty")):  # fmt: skip
        engine.define(table, f"select {columns}, with_reversal from {table}_in_full")
        engine.define(f"{table}_to_net", f"select {columns} from {table} where with_reversal = 1")
    views.show_care(engine)


class World:
    """Examples as compact tables: every line of a patient may be netted."""

    def __init__(self, examples: dict[int, Example]) -> None:
        self._examples = examples
        self._drugs: dict[str, int] = {}
        self._acts: dict[tuple[str, str], int] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}

    def tables(self) -> dict[str, pa.Table]:
        """The compact tables, by name."""
        for patient, example in self._examples.items():
            self._add(patient, example)
        self._rows["drug_keys"] = [(key, atc) for atc, key in self._drugs.items()]
        self._rows["act_keys"] = [(key, system, code) for (system, code), key in self._acts.items()]
        return {name: _table(COLUMNS[name], rows) for name, rows in self._rows.items()}

    def _add(self, patient: int, one: Example) -> None:
        rows = self._rows
        rows["patients"].append((patient, _day(one.birth), one.sex, dates.OPEN_END, None, None))
        rows["registrations"].append((patient, patient, _day(date(2000, 1, 1)), dates.OPEN_END))
        rows["ald"] += [(patient, ald.ald, _day(ald.start), _end(ald.end)) for ald in one.ald]
        rows["stays"] += [(patient, _day(stay.entry), _day(stay.exit), stay.kind, None) for stay in one.stays]
        rows["sick_leaves"] += [
            (patient, _who(patient, leave.by), _day(leave.start), _day(leave.end), leave.kind, None, None)
            for leave in one.leaves
        ]
        self._add_deliveries(patient, one)
        self._add_acts(patient, one)

    def _add_deliveries(self, patient: int, one: Example) -> None:
        for line in one.deliveries:
            drug, product = _key(self._drugs, line.atc), len(self._rows["products"])
            self._rows["products"].append(
                (product, drug, line.pack_days, line.pack_units, None, line.role, line.device)
            )
            self._rows["deliveries_in_full"].append(
                (patient, drug, product, _day(line.date), line.boxes, line.base_cents, _who(patient, line.by), None, 1,
                 None, None, line.exo)
            )  # fmt: skip

    def _add_acts(self, patient: int, one: Example) -> None:
        for act in one.acts:
            if act.kind is not None:
                self._rows["devices"].append((act.code, "", act.kind, act.units or 1))
            key, performer = _key(self._acts, (act.system, act.code)), _who(patient, act.performed_by)
            self._rows["acts_in_full"].append(
                (patient, key, _day(act.date), act.quantity, performer, None, 1, _who(patient, act.by), None, None,
                 act.base_cents, None, None, None)
            )  # fmt: skip


def _table(columns: str, rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    named = [(name.removesuffix(":t"), TEXT if name.endswith(":t") else INTEGER) for name in columns.split()]
    values = list(zip(*rows, strict=True)) or [()] * len(named)
    return pa.table({name: pa.array(column, kind) for (name, kind), column in zip(named, values, strict=True)})


def _key(known: dict[Any, int], what: Any) -> int:
    return known.setdefault(what, len(known))


def _day(when: date) -> int:
    return dates.to_day(when)


def _end(when: date | None) -> int:
    return dates.OPEN_END if when is None else dates.to_day(when)


def _who(doctor: int, by: By) -> int:
    return doctor if by == "own" else ANYONE
