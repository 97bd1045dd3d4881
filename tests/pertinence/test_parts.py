"""A reference of measures counted department by department goes on where it was stopped, and recounts what changed."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators.pertinence import reference as measured
from calculators.pertinence.measure import load_measures
from calculators.pertinence.steps import Steps
from tests.sobriety.test_parts import country
from tests.sobriety.villages import YEAR

pytestmark = pytest.mark.slow
WANTED = {"polymedication": load_measures()["polymedication"]}


def made(folder: Path, to: Path) -> list[dict]:
    measured.build(folder, YEAR, WANTED, to, date(2026, 1, 1))
    return pq.read_table(to / measured.STRATA).to_pylist()


def counted(monkeypatch: pytest.MonkeyPatch, most: int = 100) -> list[Steps]:
    """Every part counted from now on; the machine stops after so many."""
    found: list[Steps] = []
    count = measured.cells_of

    def listen(steps: Steps):
        if len(found) == most:
            raise KeyboardInterrupt
        found.append(steps)
        return count(steps)

    monkeypatch.setattr(measured, "cells_of", listen)
    return found


def test_a_stopped_count_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, to = country(tmp_path / "d"), tmp_path / "r"
    with monkeypatch.context() as patched:
        counted(patched, most=1)
        with pytest.raises(KeyboardInterrupt):
            made(folder, to)
    assert not to.exists()
    again = counted(monkeypatch)
    rows = made(folder, to)
    assert len(again) == 2
    assert rows == made(country(tmp_path / "other"), tmp_path / "other-r")
    assert sum(row["denominator"] for row in rows) > 0
    assert len(again) == 5


def test_one_department_that_changed_is_counted_again_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = country(tmp_path / "d")
    made(folder, tmp_path / "r")
    country(folder, change="84")
    again = counted(monkeypatch)
    made(folder, tmp_path / "r")
    assert len(again) == 1


def test_practices_with_nothing_of_what_a_measure_counts_are_not_told_to_have_no_doctor(tmp_path: Path):
    none = {"biosimilaires_adalimumab": load_measures()["biosimilaires_adalimumab"]}
    with pytest.raises(measured.UnusableMeasuresError, match="Rien de ce que comptent ces mesures"):
        measured.build(country(tmp_path / "d"), YEAR, none, tmp_path / "r", date(2026, 1, 1))
