"""The steps of the activity give the same rows on DuckDB and on Spark."""

from datetime import date
from pathlib import Path

import pytest

from calculators.activity.expected import by_cell
from calculators.activity.measure import measures, patients_of
from calculators.records.store import open_store
from tests.activity.drawing import records
from tests.spark import ask_both

pytestmark = pytest.mark.spark


@pytest.mark.whole
def test_every_step_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    folder, _, _ = records(tmp_path / "d", 5, date(2025, 6, 30), rights=True)
    assert measures(open_store(folder), ["d1", "d2"], date(2025, 6, 30)).num_rows
    assert by_cell(open_store(folder), ["d1", "d2"], date(2025, 6, 30)).num_rows
    assert patients_of(open_store(folder), "d1", date(2025, 6, 30))
    assert both["contact_patients"]
    assert all(both[step] for step in ("contacts", "contact_counts", "active_files", "listed_contacts"))
