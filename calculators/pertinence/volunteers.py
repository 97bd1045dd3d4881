"""What one doctor counts in a sum of volunteers, and the reference of measures that such sums make.

The numbers are those that `reference.py` adds up for him, by the same steps: by stratum of each measure its patients, the
denominator, the numerator and its squares. So the sums of all are what `reference build --measures` finds in their tables
put together. The spread between doctors is not summed: it is assumed, and said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pyarrow as pa

from calculators.pertinence import needs
from calculators.pertinence.measure import Measure
from calculators.pertinence.rates import Sums
from calculators.pertinence.reference import SUMS, Told, cells_of, reference_doctors, with_told
from calculators.pertinence.rule_tables import Rules
from calculators.pertinence.steps import Steps
from calculators.records.store import Store

NO_DOCTOR = "Il n’est pas un médecin de la référence : généraliste en activité au 31 décembre, qui a une liste."


@dataclass(frozen=True)
class CountedMeasure:
    """A doctor's numbers (« 12 patients » -> n), or why he counts for nothing."""

    rows: dict[str, int]
    why: str = ""
    patients: int = 0


def can_be_summed(measure: Measure) -> bool:
    """What the prevention board says is summed with prevention."""
    return not any(one.board for one in measure.counts)


def strata_of(measure: Measure) -> tuple[int, ...]:
    """Numbers of the strata that its patients may be of."""
    flags = [(0, 1) if name in measure.strata else (0,) for name in ("sex", "ald", "c2s")]
    ages = range(len(measure.age_from))
    return tuple(((age * 2 + sex) * 2 + ald) * 2 + c2s for age, sex, ald, c2s in product(ages, *flags))


def cells_of_doctor(store: Store, year: int, measures: Mapping[str, Measure], doctor: str) -> dict[str, CountedMeasure]:
    """What he adds to each measure."""
    if doctor not in reference_doctors(store, year).to_pylist():
        return {name: CountedMeasure({}, NO_DOCTOR) for name in measures}
    rules = Rules(measures, year, needs.prescribers_known(store))
    why = {name: one.said for name, one in needs.problems(store, rules).items()} | _rights(store, measures)
    rules = Rules({name: one for name, one in measures.items() if name not in why}, year, rules.prescribers_known)
    keys = [store.doctor(doctor).key]
    steps = Steps(store.engine(), rules, store.rights_on, keys, store.covers_by_patient)
    found: dict[str, list[dict[str, int]]] = {}
    for row in cells_of(steps).to_pylist():
        found.setdefault(row["measure"], []).append(row)
    return {name: CountedMeasure({}, why[name]) if name in why else _counted(found.get(name, [])) for name in measures}


def _rights(store: Store, measures: Mapping[str, Measure]) -> dict[str, str]:
    """Measures whose strata ask for a right that is not recorded."""
    return {
        name: f"{right.upper()} non renseignée."
        for name, one in measures.items()
        for right in ("ald", "c2s")
        if right in one.strata and not store.knows(right)
    }


def _counted(rows: list[dict[str, int]]) -> CountedMeasure:
    total = {name: sum(row[name] for row in rows) for name in ("lines", "unpriced", "patients")}
    if not rows:
        return CountedMeasure({}, "Aucun patient de la liste n’est concerné.")
    if not Sums(0, 0, 0, 0, {}, total["lines"], total["unpriced"]).is_priced:
        return CountedMeasure({}, f"{total['unpriced']} lignes sans montant sur {total['lines']}.")
    numbers = {f"{row['stratum']} {name}": row[name] for row in rows for name in SUMS}
    return CountedMeasure(numbers, patients=total["patients"])


SCHEMA = pa.schema([("measure", pa.string()), *((name, pa.int64()) for name in ("stratum", *SUMS))])


def table_of(
    totals: Mapping[str, Mapping[str, int]], hashes: Mapping[str, str], year: int, source: str, synthetic: bool,
    built_on: date,
) -> pa.Table:  # fmt: skip
    """The measures of a reference of these totals (rows of `cells_of_doctor` and `doctors`, by measure)."""
    rows: list[dict[str, Any]] = []
    for name, of in sorted(totals.items()):
        for stratum in sorted({int(row.partition(" ")[0]) for row in of if " " in row}):
            sums = {column: of[f"{stratum} {column}"] for column in SUMS}
            rows += [{"measure": name, "stratum": stratum} | sums] if any(sums.values()) else []
    patients = {name: sum(row["patients"] for row in rows if row["measure"] == name) for name in totals}
    told = Told(
        year=year, source=source, synthetic=synthetic, built_on=built_on, hash=dict(hashes),
        doctors=max((of["doctors"] for of in totals.values()), default=0), patients=max(patients.values(), default=0),
    )  # fmt: skip
    return with_told(pa.Table.from_pylist(rows, schema=SCHEMA), told)
