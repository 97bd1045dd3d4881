"""Patients soon no longer seen, against a plain count of their last contacts."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.forfait.leaving import LEAD, leaving
from calculators.forfait.version import apply_changes, load_version
from tests.forfait import cases, oracle
from tests.forfait.cases import DAY
from tests.forfait.test_pay import folder, seen_by_d1

SIGNED = load_version("convention_2024")
EDGES = [
    oracle.add_months(day, months) + shift * DAY
    for day in (date(2024, 1, 1), date(2025, 12, 31), date(2023, 12, 31))
    for months in (20, 24)
    for shift in (-1, 0)
] + [date(2025, 12, 31), date(2025, 12, 30)]


def expected(case, agreement, as_of, doctor):
    """(first of the month, paid) -> patients, cents; None when the record cannot tell."""
    rule, on = agreement["seen"], agreement["calendar"]["list_on"]
    year = as_of.year if oracle.year_end(on, as_of.year) >= as_of else as_of.year + 1
    dated = oracle.list_on_day(case.tables, case.about, agreement, as_of, oracle.year_end(agreement["age"]["on"], year))
    if not oracle.knows_who_was_seen(case.tables, case.about, rule, as_of):
        return None
    found = defaultdict(lambda: [0, 0])
    for (owner, patient), facts in dated.items():
        days = oracle.contacts(case.tables, rule, doctor, patient, as_of)
        if owner != doctor or not days:
            continue
        falls = oracle.add_months(max(days), rule["months"])
        if oracle.add_months(max(days), rule["months"] - LEAD) <= as_of < falls:
            month = found[falls.replace(day=1), falls <= oracle.year_end(on, year)]
            month[0] += 1
            month[1] += worth(agreement, facts, True) - worth(agreement, facts, False)
    return {key: tuple(value) for key, value in found.items()}


def worth(agreement, facts, seen):
    facts = facts | {"seen": seen}
    base = oracle.cents(oracle.base_line(agreement, facts)[1]["amount"])
    return base + sum(row[4] for row in oracle.c2s_line(agreement, 2026, "d1", "p", facts))


@pytest.mark.oracle
@settings(max_examples=min(25, settings.default.max_examples))
@given(
    case=cases.cases(),
    as_of=st.sampled_from(EDGES),
    changes=st.sampled_from([{}, {"seen.by": "anyone"}, {"c2s.par_patient.unseen": True}]),
)
def test_who_leaves_is_the_one_of_a_plain_count(case, as_of, changes):
    version = apply_changes(SIGNED, changes)
    agreement = cases.changed(cases.agreement("convention_2024"), changes)
    table = leaving(case.store(), version, as_of, "d1")
    found = None if table is None else {
        (row["falls_on"], row["paid"]): (row["patients"], row["amount_cents"]) for row in table.to_pylist()
    }  # fmt: skip
    assert found == expected(case, agreement, as_of, "d1")


def test_a_patient_of_85_in_ald_last_seen_22_months_ago_is_worth_95_euros(tmp_path):
    store = folder(
        tmp_path,
        patients=[("âgé", "1940-05-02", "F"), ("vu hier", "1940-05-02", "F"), ("vu il y a longtemps", "1940-05-02", "F")],
        ald=[(who, 8) for who in ("âgé", "vu hier", "vu il y a longtemps")],
        acts=seen_by_d1("âgé", on="2024-08-15") + seen_by_d1("vu hier", on="2026-06-14")
        + seen_by_d1("vu il y a longtemps", on="2024-05-15"),
    )  # fmt: skip
    rows = leaving(store, SIGNED, date(2026, 6, 15), "d1").to_pylist()
    assert rows == [{"falls_on": date(2026, 8, 1), "paid": True, "patients": 1, "amount_cents": 9_500}]


def test_an_act_that_was_reversed_is_no_contact_and_another_doctor_is_not_his(tmp_path):
    reversed_ = [row | {"quantity": -1} for row in seen_by_d1("annulé", on="2026-01-10")]
    elsewhere = [row | {"performer_id": "d2"} for row in seen_by_d1("ailleurs", on="2026-01-10")]
    store = folder(
        tmp_path,
        patients=[("annulé", "1980-05-02", "F"), ("ailleurs", "1980-05-02", "F")],
        acts=seen_by_d1("annulé", "ailleurs", on="2024-08-15") + seen_by_d1("annulé", on="2026-01-10") + reversed_
        + elsewhere,
    )  # fmt: skip
    (row,) = leaving(store, SIGNED, date(2026, 6, 15), "d1").to_pylist()
    assert (row["patients"], row["amount_cents"]) == (2, 0)
    rows = leaving(store, apply_changes(SIGNED, {"seen.by": "anyone"}), date(2026, 6, 15), "d1").to_pylist()
    assert [row["patients"] for row in rows] == [1]
