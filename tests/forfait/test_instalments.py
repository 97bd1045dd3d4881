"""When the year is paid: against the oracle, and the advances and balance of the old scheme by hand."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import results
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import apply_changes, available_versions, load_version
from tests.forfait import cases, oracle
from tests.forfait.cases import YEAR
from tests.forfait.test_pay import NONE, folder

pytestmark = pytest.mark.slow

OLD = load_version("fpmt_2024")


def base(rows, doctor):
    return sum(row[4] for row in rows if (row[0], row[2]) == (doctor, "socle"))


@pytest.mark.oracle
@settings(max_examples=min(12, settings.default.max_examples))
@given(case=cases.cases(), name=st.sampled_from(available_versions()))
def test_the_base_is_paid_in_the_months_of_the_plain_oracle(case, name):
    version, agreement, store = load_version(name), cases.agreement(name), case.store()
    earlier = agreement | {"calendar": agreement["calendar"] | {"list_on": "previous_year_end"}}
    now, before = (oracle.pay(case.tables, case.about, one, YEAR, []) for one in (agreement, earlier))
    for doctor in {row["doctor_id"] for row in case.tables["doctors"]}:
        if oracle.last_day(case.tables, doctor) < date(YEAR, 12, 31):
            continue
        lines = pay_lines(store, version, YEAR, NONE, doctor)
        found = results.payment_calendar(store, version, YEAR, doctor, lines).to_pylist()
        paid = {row["due_on"]: row["amount_cents"] for row in found if row["part"] == "socle"}
        wanted = oracle.months_paid(agreement, YEAR, base(now, doctor), base(before, doctor))
        assert {month: cents for month, cents in paid.items() if cents} == {
            month: cents for month, cents in wanted.items() if cents
        }


@pytest.mark.parametrize(
    ("gone", "come", "months"),
    [
        (0, 0, [(6, 375), (9, 375), (11, 375), (3, 375)]),
        (2, 0, [(6, 375), (9, 375), (11, 375), (3, -625)]),  # one patient left of three: 500 - 1 125
        (0, 3, [(6, 375), (9, 375), (11, 375), (3, 1_875)]),
    ],
)
def test_advances_follow_the_list_of_the_year_before_and_march_takes_the_balance(tmp_path, gone, come, months):
    people = [(f"p{n}", "1970-01-11", "F") for n in range(3 + come)]
    held = [(f"p{n}", "d1", "2010-01-01", "2026-06-30" if n < gone else None) for n in range(3)]
    joined = [(f"p{n}", "d1", "2026-03-01") for n in range(3, 3 + come)]
    store = folder(tmp_path, patients=people, registrations=[*held, *joined])
    lines = pay_lines(store, OLD, YEAR, NONE, "d1")
    found = results.payment_calendar(store, OLD, YEAR, "d1", lines).to_pylist()
    assert [(row["due_on"].month, row["amount_cents"]) for row in found] == months
    assert found[-1]["due_on"] == date(YEAR + 1, 3, 1)


def test_a_quarter_that_falls_on_half_a_cent_is_rounded_up_and_march_takes_it_back(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1970-01-11", "F")])
    version = apply_changes(OLD, {"socle.de_7_a_74_ans": 5.02})
    lines = pay_lines(store, version, YEAR, NONE, "d1")
    found = results.payment_calendar(store, version, YEAR, "d1", lines).to_pylist()
    assert [row["amount_cents"] for row in found] == [126, 126, 126, 124]
