"""Every step of the measures gives the same rows on DuckDB and on Spark; what no reference is built of, the same columns."""

from datetime import date
from pathlib import Path

import pytest

from calculators import results
from calculators.pertinence.avoid import to_avoid
from calculators.pertinence.environment import environment
from calculators.pertinence.interessement import interessement
from calculators.pertinence.measure import load_measures
from calculators.pertinence.rule_tables import Rules
from tests.pertinence import worlds
from tests.pertinence.test_against_oracle import run
from tests.spark import ask_both
from tests.whole import one_in

pytestmark = pytest.mark.spark


def test_every_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    store = worlds.open_world(tmp_path / "d", worlds.tables(4, 25))
    steps = run(store, Rules(dict(one_in(2, list(load_measures().items()))), worlds.YEAR))
    steps.shares()
    ask_both(monkeypatch, rows_too=False)
    to_avoid(store, date(2025, 12, 31))
    environment(store, worlds.YEAR, "d1")
    interessement(store, load_measures(), worlds.YEAR, "d1", 2024)
    assert results.pertinence_patients(store, load_measures(), worlds.YEAR, "d1").num_rows
    assert {"measured", "measure_cells", "patient_shares", "avoid_found"} <= {
        name for name, found in both.items() if found
    }
