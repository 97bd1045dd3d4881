"""Rates today, month by month, and among peers."""

from datetime import date

import pyarrow as pa
import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.prevention.rates import (
    at_month_end,
    by_month,
    doctor_counts,
    month_ends,
    nearest_day,
    peer_rates,
    rates,
)
from calculators.records.store import Store, open_store
from tests import practice

SEIN = "depistage_cancer_sein"
RULES = load_set("convention_2024")


@pytest.fixture
def store(tmp_path):
    women = [(f"p{n}", "1965-05-05", "F") for n in range(4)]
    acts = [
        ("p0", "2024-03-31", "ccam", "QEQK004"),
        ("p1", "2024-05-10", "ccam", "QEQK004"),
        ("p2", "2025-02-01", "ccam", "QEQK004"),
    ]
    about = practice.dataset(covers_from=date(2023, 1, 1))
    return open_store(practice.write(tmp_path / "d", about, patients=women, acts=acts))


def monthly(store: Store, as_of: date, doctor: str, months: int = 12) -> pa.Table:
    """What the page of the indicators shows, month by month."""
    return by_month(at_month_end(store, RULES, end, doctor) for end in month_ends(store, as_of, months))


def test_the_rate_is_among_those_of_whom_the_records_can_tell(store):
    row = next(r for r in rates(assess(store, RULES, date(2026, 3, 30)), RULES).to_pylist() if r["indicator"] == SEIN)
    assert (row["up_to_date"], row["due"], row["rate"], row["national_rate"]) == (3, 1, 75.0, 65.0)
    assert (row["unknown"], row["excluded"]) == (0, 0)


def test_the_rate_moves_at_the_end_of_the_month_in_which_an_act_lapses(store):
    table = monthly(store, date(2026, 6, 30), "d1", months=4)
    found = {r["month"]: r["rate"] for r in table.to_pylist() if r["indicator"] == SEIN}
    ends = {date(2026, 3, 31): 50.0, date(2026, 4, 30): 50.0, date(2026, 5, 31): 25.0, date(2026, 6, 30): 25.0}
    assert found == ends


@pytest.mark.parametrize(
    ("as_of", "last"), [(date(2025, 3, 30), date(2025, 2, 28)), (date(2025, 3, 31), date(2025, 3, 31))]
)
def test_only_full_months_count(store, as_of, last):
    assert month_ends(store, as_of, 3)[-1] == last
    assert len(month_ends(store, as_of, 3)) == 3


def test_months_before_the_data_are_left_out(store):
    assert month_ends(store, date(2023, 2, 28), 12) == [date(2023, 1, 31), date(2023, 2, 28)]


def test_before_the_data_begin_there_is_no_month(store):
    assert monthly(store, date(2022, 6, 30), "d1").num_rows == 0


@pytest.mark.parametrize(("doctors", "shown"), [(4, 0), (5, 1)])
def test_peers_are_shown_from_five_doctors_on(doctors, shown):
    counts = [{"doctor_id": f"d{n}", "indicator": SEIN, "up_to_date": n, "due": 10 - n} for n in range(doctors)]
    assert peer_rates(pa.Table.from_pylist(counts)).num_rows == shown


def test_peer_counts_come_from_the_board(store):
    counts = doctor_counts(assess(store, RULES, date(2026, 3, 30))).to_pylist()
    assert {"doctor_id": "d1", "indicator": SEIN, "up_to_date": 3, "due": 1} in counts


@pytest.mark.parametrize(
    ("as_of", "day"), [("2026-02-15", "2025-12-31"), ("2026-06-01", "2026-06-30"), ("2030-01-01", "2026-06-30")]
)
def test_peers_are_those_of_the_nearest_day(as_of, day):
    days = [date(2025, 12, 31), date(2026, 6, 30)]
    table = pa.table({"doctor_id": ["a", "b"], "as_of": pa.array(days, pa.date32())})
    rows, found = nearest_day(table, date.fromisoformat(as_of))
    assert (rows["as_of"].to_pylist(), found) == ([date.fromisoformat(day)], date.fromisoformat(day))


def test_a_month_that_ends_on_the_first_day_covered_counts(tmp_path):
    about = practice.dataset(covers_from=date(2023, 1, 31))
    store = open_store(practice.write(tmp_path / "d", about, patients=[("p1", "1965-05-05", "F")]))
    assert month_ends(store, date(2023, 2, 28), 2) == [date(2023, 1, 31), date(2023, 2, 28)]


@pytest.mark.slow
def test_twelve_months_are_shown_unless_asked_otherwise(store):
    assert len(set(monthly(store, date(2026, 6, 30), "d1")["month"].to_pylist())) == 12
