"""References made by hand, without a data folder: a few strata of a few doctors, of every size that a rule turns on."""

from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import assume
from hypothesis import strategies as st

from calculators.sobriety import statistics
from calculators.sobriety.definition import load_definition
from calculators.sobriety.norms import MERGED_WITH, SEPARATOR
from calculators.sobriety.reference_files import COLUMNS, Reference
from calculators.sobriety.statistics import Cells
from calculators.sobriety.strata import strata_of
from tests.sobriety.oracle import Held, variance

YEAR = 2025
DEFINITION = load_definition(YEAR)
STRATA = strata_of(DEFINITION)
KEYS = [stratum.key for stratum in STRATA]
COUNTS = [0, 0, 1, 1, 2, 9, 10, 11, 18, 19, 20, 21]
COSTS = [0, 0, 100, 350, 999, 40_000]
Patients = list[tuple[str, int]]


@st.composite
def helds(draw: st.DrawFn) -> Held:
    """Strata held alone or as one, of two or three doctors; in some strata one of them is alone."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True))
    random = Random(draw(st.integers(0, 10_000)))
    groups: dict[int, tuple[set[str], Patients]] = {}
    for key in sorted(keys, key=KEYS.index):
        members, patients = groups.setdefault(draw(st.integers(0, 5)), (set(), []))
        members.add(key)
        for doctor in ("d1", "d2", "d3"):
            patients += [(doctor, random.choice(COSTS)) for _ in range(draw(st.sampled_from(COUNTS)))]
    held = Held({frozenset(members): patients for members, patients in groups.values() if patients})
    assume(held.groups)
    return held


def mine_of(held: Held, doctor: str, random: Random) -> Patients:
    """Stratum and cents of the patients of a doctor of a reference; which of the strata held as one is drawn."""
    return [
        (random.choice(sorted(group)), cents)
        for group, patients in held.groups.items()
        for one, cents in patients
        if one == doctor
    ]


def cells_of(lists: list[Patients]) -> Cells:
    """One row of cells per list."""
    filled = [np.zeros((len(lists), len(KEYS)), dtype=np.int64) for _ in range(3)]
    for row, patients in enumerate(lists):
        for key, cents in patients:
            for values, amount in zip(filled, (1, cents, cents**2), strict=True):
                values[row, KEYS.index(key)] += amount
    return Cells(*filled)


def reference_of(held: Held, doctors: list[dict] | None = None, year: int = YEAR) -> Reference:
    """An opened reference with these strata (and these rows of `doctors`)."""
    columns = COLUMNS["strata"] | {MERGED_WITH: pa.string()}
    rows = [row for key in KEYS if (group := held.group_of(key)) for row in [_row(key, group, held)]]
    tables = {name: pa.schema(kinds).empty_table() for name, kinds in COLUMNS.items()}
    tables["strata"] = pa.Table.from_pylist(rows, schema=pa.schema(columns))
    tables["doctors"] = pa.Table.from_pylist(doctors or [], schema=pa.schema(COLUMNS["doctors"]))
    return Reference(
        path=Path("reference"), year=year, definition_id="", definition_hash="", source="test", title="", synthetic=True,
        built_on=date(2026, 1, 15), program_version="", look_back_covered=True, counts={}, **tables,
    )  # fmt: skip


def _row(key: str, group: frozenset[str], held: Held) -> dict:
    stratum, cents = STRATA[KEYS.index(key)], [cents for _, cents in held.groups[group]]
    return {
        "age_class": stratum.age_class, "sex": stratum.sex, "ald": stratum.ald, "c2s": stratum.c2s, "stratum": key,
        "patients": len(cents), "sum_cents": sum(cents), "mean_cents": sum(cents) / len(cents),
        "var_cents2": float(variance(cents)), "mean_boxes": 1.0, "var_boxes2": 0.0,
        MERGED_WITH: SEPARATOR.join(one for one in KEYS if one in group and one != key) or None,
    }  # fmt: skip


def crowd(count: int, spread: float = 0.2) -> list[dict]:
    """Rows of `doctors` of this many doctors, whose ratios differ or not."""
    ratios = np.exp(np.linspace(-spread, spread, count)) if count else []
    return [
        {"doctor_id": f"d{number:04d}", "patients": 700, "ratio": float(ratio), "se": 0.07, "expected_cents": 5e6}
        for number, ratio in enumerate(ratios)
    ]


def spread_of(doctors: list[dict]) -> tuple[float, float]:
    """Limits of tau of these rows, by the program."""
    return statistics.spread_limits(
        np.array([row["ratio"] for row in doctors]), np.array([row["se"] for row in doctors])
    )
