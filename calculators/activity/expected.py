"""What other doctors would have done for the patients of a list: indirect standardisation by age, sex, ALD and C2S.

Only what a doctor did for the patients of his own list is counted, for theirs alone have a known mix. The rate of a cell is
that of all the other doctors together; a patient whose cell they have nobody in, or whose sex is unknown, is left out
on both sides. A right that is not known of every patient of the list makes no cells.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from calculators.activity.measure import OTHER, ROOM, contacts, first_age, settings
from calculators.engine import sql_text
from calculators.records import history
from calculators.records.cells import SEXES
from calculators.records.roster import lists
from calculators.records.store import Store

RIGHTS = ("ald", "c2s")
TRAITS = ("age", "sex", *RIGHTS)
CELLS = pa.schema([
    ("doctor_id", pa.string()), ("age", pa.int32()), ("sex", pa.string()), ("ald", pa.bool_()), ("c2s", pa.bool_()),
    ("measure", pa.string()), ("value", pa.int64()),
])  # fmt: skip
LISTED = "listed"
Trait = int | str | bool | None
Key = tuple[Trait, ...]
Counts = Mapping[Key, Counter[str]]


@dataclass(frozen=True)
class Expected:
    """One measure for the patients of a list: `value` done, `expected` at the rates of others, and from `low` to `high` what
    each of these does beside what is expected of him in the same way (null: nothing is expected)."""

    measure: str
    value: float
    expected: float
    low: float | None
    high: float | None

    @property
    def ratio(self) -> float | None:
        return self.value / self.expected if self.expected else None


@dataclass(frozen=True)
class Standardised:
    """`by`: the traits that make the cells; `patients` of the list who are in one; `left_out` of it who are not; how many
    other `doctors`."""

    by: tuple[str, ...]
    patients: int
    left_out: int
    doctors: int
    rows: tuple[Expected, ...]


def names() -> list[str]:
    """The measures that are expected, in the order in which they are told."""
    return ["acts", *history.words().visit, OTHER, "active_file"]


def by_cell(store: Store, doctors: Sequence[str], as_of: date) -> pa.Table:
    """Columns of CELLS, for the list of each doctor on a day and the twelve months up to it: patients (`listed`) and
    measures of each cell; age is the first of its class, a right is null where it is not recorded."""
    engine, known = store.engine(), _listed(store, doctors, as_of)
    cells = list(dict.fromkeys(cell for _, _, cell in known))
    place = {cell: rank for rank, cell in enumerate(cells)}
    contacts(engine, doctors, as_of)
    engine.view("listed_cells", pa.table({
        "doctor_id": pa.array([doctor for doctor, _, _ in known], pa.string()),
        "patient_id": pa.array([patient for _, patient, _ in known], pa.string()),
        "cell": pa.array([place[cell] for _, _, cell in known], pa.int64()),
    }))  # fmt: skip
    found = [
        (row["doctor_id"], cells[row["cell"]], row["measure"], row["value"])
        for row in engine.fetch(sql_text(ROOM, "listed_contacts")).to_pylist()
    ]
    listed = Counter((doctor, cell) for doctor, _, cell in known)
    found += [(doctor, cell, LISTED, patients) for (doctor, cell), patients in listed.items()]
    rows = [
        {"doctor_id": doctor, **dict(zip(TRAITS, cell, strict=True)), "measure": measure, "value": value}
        for doctor, cell, measure, value in found
    ]
    return pa.Table.from_pylist(rows, schema=CELLS)


def _listed(store: Store, doctors: Sequence[str], as_of: date) -> list[tuple[str, str, Key]]:
    return [
        (row["doctor_id"], row["patient_id"], (first_age(row["age"]), row["sex"], row["ald"], row["c2s"]))
        for row in lists(store, doctors, as_of).to_pylist()
    ]


def standardised(mine: pa.Table, others: pa.Table, doctor: str) -> Standardised | None:
    """Rows of `by_cell` of one doctor beside those of the other doctors of another table; None when they are fewer than
    `least_peers`, or he has no patient whose cell is known to them."""
    asked = sorted({str(name) for name in others["doctor_id"].to_pylist()} - {doctor})
    if len(asked) < settings().least_peers:
        return None
    rows = mine.to_pylist()
    known = [right for right in RIGHTS if all(row[right] is not None for row in rows if row["measure"] == LISTED)]
    by = ("age", "sex", *known)
    own = _counts(rows, by)
    theirs = _by_doctor(others.to_pylist(), asked, by)
    kept = _in_common(own, _sum(theirs.values()))
    patients, whole = (sum(one[LISTED] for one in counts.values()) for counts in (kept, own))
    if not patients:
        return None
    spread = [_beside(counts, _sum(theirs[one] for one in asked if one != name)) for name, counts in theirs.items()]
    here = _beside(kept, _sum(theirs.values()))
    found = tuple(_row(measure, here, spread) for measure in names())
    return Standardised(by, patients, whole - patients, len(asked), found)


Sides = Mapping[str, tuple[float, float]]
"""What was done and what was expected, by measure."""


def _row(measure: str, here: Sides, spread: Sequence[Sides]) -> Expected:
    sides = [one[measure] for one in spread]
    ratios = [value / expected for value, expected in sides if expected]
    return Expected(measure, *here[measure], min(ratios, default=None), max(ratios, default=None))


def _beside(own: Counts, others: Counts) -> Sides:
    kept, found = _in_common(own, others), {}
    for name in names():
        value = sum(counts[name] for counts in kept.values())
        expected = sum(counts[LISTED] * others[key][name] / others[key][LISTED] for key, counts in kept.items())
        found[name] = (float(value), float(expected))
    return found


def _in_common(own: Counts, others: Counts) -> Counts:
    """Cells of a known sex in which others have a patient."""
    return {key: counts for key, counts in own.items() if key[1] in SEXES and key in others and others[key][LISTED] > 0}


def _counts(rows: Sequence[Mapping[str, object]], by: Sequence[str]) -> Counts:
    """Measures of each cell of these traits, the sum of all acts with them."""
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    kinds = [*history.words().visit, OTHER]
    for row in rows:
        cell = found[tuple(row[name] for name in by)]  # type: ignore[misc]
        cell[str(row["measure"])] += row["value"]  # type: ignore[operator]
        if row["measure"] in kinds:
            cell["acts"] += row["value"]  # type: ignore[operator]
    return found


def _by_doctor(rows: Sequence[Mapping[str, object]], doctors: Sequence[str], by: Sequence[str]) -> dict[str, Counts]:
    of: dict[str, list[Mapping[str, object]]] = {doctor: [] for doctor in doctors}
    for row in rows:
        if row["doctor_id"] in of:
            of[str(row["doctor_id"])].append(row)
    return {doctor: _counts(given, by) for doctor, given in of.items()}


def _sum(every: Iterable[Counts]) -> Counts:
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for counts in every:
        for key, cell in counts.items():
            found[key].update(cell)
    return dict(found)
