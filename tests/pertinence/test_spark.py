"""Every step of the measures gives the same rows on DuckDB and on Spark, and so does what no reference is built of."""

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


def test_every_step_of_the_measures_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    store = worlds.open_world(tmp_path / "d", worlds.tables(4, 25))
    steps = run(store, Rules(dict(one_in(6, list(load_measures().items()))), worlds.YEAR))
    steps.shares()
    assert {"measured", "measure_cells", "patient_shares"} <= {name for name, found in both.items() if found}


@pytest.mark.whole
def test_every_other_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    store = worlds.open_world(tmp_path / "d", worlds.tables(4, 25))
    to_avoid(store, date(2025, 12, 31))
    environment(store, worlds.YEAR, "d1")
    interessement(store, load_measures(), worlds.YEAR, "d1", 2024)
    assert results.pertinence_patients(store, load_measures(), worlds.YEAR, "d1").num_rows
    assert both["avoid_found"]
