"""The shared views, and the steps of a list, give the same rows on DuckDB and on Spark."""

import random
from datetime import date
from pathlib import Path

import pytest

from calculators.records import views
from calculators.records.history import stays
from calculators.records.roster import care, care_of, roster
from calculators.records.store import Store, open_store
from tests import practice
from tests.records.test_views import DAY, PATIENTS, PERIODS, drawn, period
from tests.spark import ask_both

pytestmark = pytest.mark.spark
CODES = {("ngap", "G"), ("atc", "C09")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    owners = PATIENTS[: len(PERIODS)]
    rights = [{"patient_id": patient} | period(*when) for patient, when in zip(owners, PERIODS, strict=True)]
    return practice.write(
        tmp_path_factory.mktemp("spark") / "d",
        patients=[(patient, "1950-01-01", "F") for patient in PATIENTS],
        ald=[row | {"ald": 8} for row in rights], c2s=rights,
        stays=[(PATIENTS[0], "2025-06-01", None, "mco")], **drawn(random.Random(11)),
    )  # fmt: skip


def test_every_view_agrees(folder: Path, monkeypatch: pytest.MonkeyPatch):
    ask_both(monkeypatch)
    engine = open_store(folder).engine()
    assert all(engine.fetch(f"select * from {view}").num_rows for view in views.CARE)


def test_the_list_and_the_care_of_a_patient_agree(folder: Path, monkeypatch: pytest.MonkeyPatch):
    both = ask_both(monkeypatch)
    store: Store = open_store(folder)
    found = roster(store, "d1", DAY)
    assert found.num_rows == len(PATIENTS)
    assert any(row["ald"] for row in found.to_pylist())
    assert any(care(store, patient, date(2026, 1, 1)).num_rows for patient in PATIENTS[:5])
    assert care_of(store, PATIENTS, date(2026, 1, 1), CODES).num_rows
    assert stays(store, PATIENTS[0], date(2026, 1, 1))
    assert (both["roster"], both["patient_stays"]) == (len(PATIENTS), 1)
