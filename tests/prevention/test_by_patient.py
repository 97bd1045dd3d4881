"""Coverage by patient, injections whose date is vague, results beside acts of biology: what a person would say."""

from datetime import date
from pathlib import Path

import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from tests import practice

RULES = load_set("convention_2024")
ANNE = ("p1", "1960-03-01", "F")
CHILD = ("p1", "2023-01-01", "F")


def row(folder: Path, indicator: str, as_of: str, patient=ANNE, **tables) -> dict:
    known = {"acts": [], "deliveries": [], "ald": []} | tables
    store = open_store(practice.write(folder / "d", patients=[patient], **known))
    found = assess(store, RULES, date.fromisoformat(as_of)).to_pylist()
    return next(one for one in found if one["indicator"] == indicator)


@pytest.mark.parametrize(
    ("periods", "status", "noted"),
    [
        ([("2020-01-01", "2025-12-31")], "due", None),
        ([("2020-01-01", "2025-09-30")], "due", "fin"),
        ([("2020-01-01", "2025-09-29")], "unknown", None),
        ([("2020-01-01", "2024-05-01"), ("2024-05-02", "2025-12-31")], "due", None),
        ([("2020-01-01", "2024-05-01"), ("2024-05-03", "2025-12-31")], "unknown", None),
        ([("2025-01-01", "2025-12-31")], "unknown", None),
    ],
)
@pytest.mark.slow
def test_a_window_is_covered_up_to_the_last_day_and_little_may_lack_after_it(tmp_path, periods, status, noted):
    coverage = [("p1", "acts", *period) for period in periods]
    found = row(tmp_path, "depistage_cancer_sein", "2025-12-31", coverage=coverage)
    assert (found["status"], found["noted"]) == (status, noted)
    assert found["unknown_because"] == ("couverture" if status == "unknown" else None)


def test_a_patient_without_a_row_is_covered_for_nothing(tmp_path):
    coverage = [("p2", "acts", "1900-01-01", "2026-12-31")]
    assert row(tmp_path, "depistage_cancer_sein", "2025-12-31", coverage=coverage)["status"] == "unknown"


@pytest.mark.parametrize(
    ("given", "status", "because"),
    [
        ([("2024-02-01", "day"), ("2024-06-01", "day")], "up_to_date", None),
        ([("2024-02-01", "day"), ("2024-01-01", "year")], "up_to_date", None),
        ([("2024-02-01", "day"), ("2025-01-01", "year")], "unknown", "date"),
        ([("2024-02-01", "day"), ("2024-06-01", "day", True)], "due", None),
    ],
)
@pytest.mark.slow
def test_a_year_counts_when_the_whole_of_it_is_in_the_window(tmp_path, given, status, because):
    doses = [
        {"patient_id": "p1", "date": day, "precision": precision, "atc": "J07BD52", "not_done": bool(refused)}
        for day, precision, *refused in given
    ]
    found = row(tmp_path, "vaccin_ror", "2025-01-31", CHILD, vaccinations=doses)
    assert (found["status"], found["unknown_because"]) == (status, because)


@pytest.mark.slow
def test_a_dose_delivered_then_injected_counts_once(tmp_path):
    dose = {"patient_id": "p1", "date": "2024-03-01", "atc": "J07BD52"}
    delivery = {"patient_id": "p1", "date": "2024-01-15", "atc": "J07BD52"}
    found = row(tmp_path, "vaccin_ror", "2025-01-31", CHILD, vaccinations=[dose], deliveries=[delivery])
    assert (found["count"], found["last_on"]) == (1, date(2024, 3, 1))
