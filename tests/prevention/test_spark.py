"""Every step of the assessment gives the same rows on DuckDB and on Spark, over records drawn at the edges."""

import random
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import Store, open_store
from tests import oracle
from tests.prevention import edges
from tests.prevention.test_oracle import EVERY_WINDOW
from tests.spark import Both

AS_OF = date(2025, 10, 14)
PARTIAL = {"counter_products", "declared_events"}
"""Steps a set may leave without rows: it names no product, or nobody declares anything."""


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The store asks both engines (the same pair, to name its tables once); gives the most rows of each step."""
    pairs: list[Both] = []

    def engine(store: Store) -> Both:
        pairs.extend([] if pairs else [Both(store)])
        return pairs[0]

    monkeypatch.setattr(Store, "engine", engine)
    return Both.compared


def test_every_step_agrees(tmp_path: Path, both: dict[str, int]):
    rng, rules = random.Random(4), load_set(EVERY_WINDOW)
    known = oracle.Known(True, False, date(2015, 1, 1), date(2015, 1, 1))
    people = [edges.draw_patient(rng, rules, AS_OF, known) for _ in range(60)]
    store = open_store(edges.write(tmp_path / "d", people, known, AS_OF))
    declared = pa.table({
        "patient_id": ["p001", "p002"], "indicator": [rules.indicators[0].id] * 2,
        "day": pa.array([20_000, 20_001], pa.int32()),
    })  # fmt: skip
    assert assess(store, rules, AS_OF, declared=declared).num_rows
    files = {file.stem for file in (Path("calculators") / "prevention").glob("*.sql")} - {"board"}
    assert files - {step for step, found in both.items() if found} == set()
