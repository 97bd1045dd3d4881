"""The three figures of a year that is not finished: against the oracle, and on a small practice."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import results
from calculators.forfait.pay import STATES, pay_lines, total_cents
from calculators.forfait.unfinished import expected, in_state, is_finished
from calculators.forfait.version import load_version
from calculators.records.store import open_store
from tests import practice
from tests.forfait import cases, oracle
from tests.forfait.cases import INDICATORS, YEAR

pytestmark = pytest.mark.slow

SIGNED = load_version("convention_2024")
STATUSES = ("not_eligible", "excluded", "unknown", "up_to_date", "due")
COLUMNS = ("doctor_id", "patient_id", "indicator", "status")
rows = st.lists(
    st.tuples(
        st.sampled_from(["d1", "d2"]),
        st.sampled_from(cases.PATIENTS),
        st.sampled_from(INDICATORS),
        st.sampled_from(STATUSES),
    ),
    max_size=40,
    unique_by=lambda row: row[:3],
)


def judged(drawn):
    columns = {name: pa.array([row[place] for row in drawn], pa.string()) for place, name in enumerate(COLUMNS)}
    return pa.table(columns | {"validated": pa.array([row[3] == "up_to_date" for row in drawn], pa.bool_())})


def dicts(drawn):
    return [dict(zip(COLUMNS, row, strict=True)) for row in drawn]


@given(now=rows, before=rows, paid=st.sets(st.sampled_from(INDICATORS)))
def test_the_trend_is_the_one_of_the_plain_oracle(now, before, paid):
    found = expected(judged(now), judged(before), sorted(paid)).to_pylist()
    assert {tuple(row.values()) for row in found} == set(oracle.trend(dicts(now), dicts(before), sorted(paid)))


@pytest.mark.oracle
@settings(max_examples=min(15, settings.default.max_examples))
@given(case=cases.cases(), now=rows, before=rows, state=st.sampled_from(STATES))
def test_the_pay_of_each_state_is_the_one_of_the_plain_oracle(case, now, before, state):
    done, more = in_state(state, False, INDICATORS, judged(now), judged(before))
    lines = pay_lines(case.store(), SIGNED, YEAR, done, state=state, expected=more)
    kept = ("up_to_date", "due") if state == "plein" else ("up_to_date",)
    validated = [row[:3] for row in now if row[3] in kept]
    trend = list(oracle.trend(dicts(now), dicts(before), INDICATORS)) if state == "tendance" else []
    wanted = oracle.pay(case.tables, case.about, cases.agreement("convention_2024"), YEAR, validated, expected=trend)
    got = [tuple(row.values())[:7] for row in lines.to_pylist()]
    assert sorted(got, key=str) == wanted
    assert set(lines["state"].to_pylist()) <= {state}


@given(now=rows, before=rows)
def test_what_is_acquired_is_never_more_than_the_trend_nor_the_trend_than_what_is_possible(now, before):
    counts = []
    for state in STATES:
        done, more = in_state(state, False, INDICATORS, judged(now), judged(before))
        counts.append(done.num_rows + (sum(more["patients"].to_pylist()) if more else 0))
    assert counts == sorted(counts)


@given(now=rows, before=rows, state=st.sampled_from(STATES))
def test_of_a_finished_year_the_three_are_equal(now, before, state):
    done, more = in_state(state, True, INDICATORS, judged(now), judged(before))
    assert more is None
    assert done.equals(in_state("acquis", True, INDICATORS, judged(now), judged(before))[0])


def test_a_half_is_rounded_up_and_a_rate_without_anybody_is_nothing():
    before = judged([("d1", "p1", "suivi_hba1c", "up_to_date"), ("d1", "p2", "suivi_hba1c", "due")])
    now = judged([("d1", f"p{n}", name, "due") for n in range(3) for name in ("suivi_hba1c", "depistage_mrc")])
    assert expected(now, before, INDICATORS).to_pylist() == [
        {"doctor_id": "d1", "indicator": "suivi_hba1c", "patients": 2}  # half of three
    ]


def test_an_indicator_that_is_not_paid_is_in_no_state():
    now = judged([("d1", "p1", "suivi_hba1c", "up_to_date"), ("d1", "p2", "suivi_hba1c", "due")])
    for state in STATES:
        done, more = in_state(state, False, ["depistage_mrc"], now, now)
        assert (done.num_rows, more.num_rows if more else 0) == (0, 0)


@pytest.fixture
def store(tmp_path):
    """Four patients of 70, two vaccinated against flu in the winter before, one already this autumn; data up to October."""
    people = [(f"p{n}", "1956-06-01", "F") for n in range(4)]
    seen = [(who, "2025-06-01", "ngap", "G", 1, "d1", "01") for who, *_ in people]
    flu = [
        (who, day, None, "J07BB02", 1)
        for who, day in (("p0", "2025-11-03"), ("p1", "2025-11-03"), ("p0", "2026-10-20"))
    ]
    about = practice.dataset(
        covers_from=date(2015, 1, 1), covers_to=date(2026, 10, 31), extracted_on=date(2026, 11, 15)
    )
    return open_store(practice.write(tmp_path / "d", about, patients=people, acts=seen, deliveries=flu))


def flu_cents(store, year, state):
    lines = results.pay(store, SIGNED, year, "d1", state).to_pylist()
    return sum(row["amount_cents"] for row in lines if row["line"] == "vaccin_grippe")


def test_the_three_figures_of_a_year_in_course(store):
    assert [flu_cents(store, 2026, state) for state in STATES] == [
        500,
        1_000,
        2_000,
    ]  # half of four at last year's rate
    assert [flu_cents(store, 2025, state) for state in STATES] == [1_000] * 3
    [row] = [row for row in results.pay(store, SIGNED, 2026, "d1", "tendance").to_pylist()
             if row["line"] == "vaccin_grippe" and row["patient_id"] is None]  # fmt: skip
    assert (row["amount_cents"], row["basis"], row["due_on"]) == (500, "hypothese", date(2027, 4, 1))
    assert total_cents(results.pay(store, SIGNED, 2026, None, "acquis")) == total_cents(
        results.pay(store, SIGNED, 2026, "d1")
    )


def test_a_comparison_says_its_state_last(store):
    found = results.compared(store, [load_version("fpmt_2024"), SIGNED], 2026, "d1", state="tendance")
    assert found.column_names[-1] == "state"
    flu = [row["amount_cents"] for row in found.to_pylist() if row["line"] == "vaccin_grippe"]
    assert flu == [1_000]


def test_a_year_is_finished_when_its_last_day_is_covered():
    assert [is_finished(day, 2025) for day in (date(2025, 12, 30), date(2025, 12, 31))] == [False, True]
