"""Every step of the assessment gives the same rows on DuckDB and on Spark, over records drawn at the edges."""

import random
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators.defaults import defaults
from calculators.prevention import indicator
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from tests import oracle
from tests.prevention import edges
from tests.prevention.test_oracle import EVERY_WINDOW
from tests.spark import ask_both

pytestmark = pytest.mark.spark

AS_OF = date(2025, 10, 14)


def test_every_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    rng, rules = random.Random(4), load_set(EVERY_WINDOW)
    stores = []
    for by_patient in (False, True):
        known = oracle.Known(date(2015, 1, 1), date(2015, 1, 1), c2s=False, by_patient=by_patient)
        people = [edges.draw_patient(rng, rules, AS_OF, known) for _ in range(24 - 12 * by_patient)]
        stores.append(open_store(edges.write(tmp_path / f"d{by_patient:d}", people, known, AS_OF)))
    declared = pa.table({
        "patient_id": ["p001", "p002"], "indicator": [rules.indicators[0].id] * 2,
        "day": pa.array([20_000, 20_001], pa.int32()),
    })  # fmt: skip
    doubtful = next(one.id for one in rules.indicators if any(entry.possible for entry in one.excluded))
    sure = pa.table({"patient_id": ["p001", "p002"], "indicator": [doubtful] * 2})
    for store in stores:
        assert assess(store, rules, AS_OF, declared=declared, confirmed=sure).num_rows
    told = {
        "patient_id": ["p001", "p002"],
        "code": ["tabac", "tabac:fumeur"],
        "day": pa.array([20_000, 20_001], pa.int32()),
    }
    assert assess(stores[0], load_set(defaults().prevention.unpaid), AS_OF, noted=pa.table(told)).num_rows
    files = {file.stem for file in Path(indicator.__file__).parent.glob("*.sql")} - {"board"}  # rows, never a table
    steps = {re.sub("_(first|next)$", "", file) for file in files}
    assert steps - {step for step, found in both.items() if found} == set()
