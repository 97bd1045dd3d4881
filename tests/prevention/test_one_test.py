"""A test is one test: as it is reimbursed and as the laboratory tells its result."""

from pathlib import Path

import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from tests import practice
from tests.practice import date

RULES = load_set("convention_2024")
HBA1C, IFCC, BILLED = ("loinc", "4548-4"), ("loinc", "59261-8"), ("nabm", "1577")
CREATININE, GFR, RATIO = ("loinc", "2160-0"), ("loinc", "62238-1"), ("loinc", "32294-1")


def judged(folder: Path, indicator: str, *acts: tuple) -> tuple:
    """Status, acts counted and day of the last one, of a patient with these acts of 2026 (month-day, code, quantity)."""
    rows = [("p", f"2026-{day}", *code, *quantity) for day, code, *quantity in acts]
    tables = {"ald": [("p", 8, "2000-01-01")], "acts": rows}
    practice.write(folder, patients=[("p", "1960-01-01", "F")], **tables)
    found = assess(open_store(folder), RULES, date(2026, 6, 30)).to_pylist()
    [row] = [row for row in found if row["indicator"] == indicator]
    return row["status"], row["count"], row["last_on"]


@pytest.mark.parametrize(
    ("acts", "count", "last"),
    [
        ([("06-01", BILLED), ("06-04", HBA1C)], 1, date(2026, 6, 4)),
        ([("06-04", BILLED), ("06-01", HBA1C)], 1, date(2026, 6, 1)),
        ([("06-01", BILLED), ("06-05", HBA1C)], 2, date(2026, 6, 5)),
        ([("06-05", BILLED), ("06-01", HBA1C)], 2, date(2026, 6, 5)),
        ([("06-01", BILLED), ("06-02", BILLED)], 2, date(2026, 6, 2)),
        ([("06-01", HBA1C), ("06-02", IFCC)], 2, date(2026, 6, 2)),
        ([("06-01", HBA1C), ("06-01", IFCC)], 1, date(2026, 6, 1)),
        ([("06-01", BILLED), ("06-02", CREATININE)], 1, date(2026, 6, 1)),
        ([("06-01", BILLED), ("06-01", BILLED, -1), ("06-03", HBA1C)], 1, date(2026, 6, 3)),
        ([("06-01", BILLED), ("06-03", HBA1C), ("06-03", HBA1C, -1)], 1, date(2026, 6, 1)),
    ],
)
@pytest.mark.slow
def test_acts_and_results_of_few_days_are_counted_once(tmp_path: Path, acts: list, count: int, last: date):
    status = "up_to_date" if count == 2 else "due"
    assert judged(tmp_path / "d", "suivi_hba1c", *acts) == (status, count, last)


@pytest.mark.slow
def test_a_ratio_and_an_estimated_filtration_are_the_three_tests_of_the_kidney(tmp_path: Path):
    assert judged(tmp_path / "ratio", "depistage_mrc", ("05-02", RATIO))[0] == "due"
    assert judged(tmp_path / "both", "depistage_mrc", ("05-02", RATIO), ("05-02", GFR))[0] == "up_to_date"
    assert judged(tmp_path / "blood", "depistage_mrc", ("05-02", GFR), ("05-02", CREATININE))[0] == "due"
