"""What a figure opens to sums to it: acts of the income line by line, of a rule, patients of the envelope."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from calculators import economy, rows
from calculators.practice import behind
from calculators.practice.behind import OVERRUN, WITHOUT_OVERRUN, ActBehind, figure_of
from calculators.practice.limits import limits_file
from calculators.records.store import open_store
from tests import practice
from tests.economy.cabinets import DOCTORS, World, in_a_folder, opened, worlds

FIXED = ("forfait", "aides", "missions", "interessement", "pdsa")
"""Blocks that no act makes."""


def summed(found: list[ActBehind]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for one in found:
        counted[one.figure] += one.quantity
    return counted


@pytest.mark.oracle
@given(worlds())
@settings(max_examples=min(25, settings.default.max_examples))
def test_the_acts_of_a_line_sum_to_it_and_no_act_is_of_no_line(world: World):
    with in_a_folder() as folder:
        store = opened(folder, world)
        for doctor in DOCTORS:
            lines = economy.income(store, 2026, doctor, with_savings=False).to_pylist()
            told: Counter[str] = Counter()
            for one in lines:
                if one["block"] not in FIXED and not (one["unit_cents"] and one["amount_cents"] is None):
                    told[figure_of(one["line"], one["unit_cents"])] += one["quantity"]
                    assert one["amount_cents"] in (None, one["quantity"] * (one["unit_cents"] or 0))
            found = rows.read(behind.income(store, 2026, doctor), ActBehind)
            assert summed(found) == told
            assert all(one.day.year == 2026 for one in found)


def billed(code: str, base: int, paid: int, patient: str = "p1", quantity: int = 1) -> dict[str, object]:
    system = "ccam" if code == "GLQP012" else "ngap"
    return {
        "patient_id": patient, "date": "2026-03-02", "system": system, "code": code, "performer_id": "d1",
        "base_cents": base, "paid_cents": paid, "session": "1", "quantity": quantity,
    }  # fmt: skip


@pytest.mark.slow
def test_the_acts_of_a_rule_sum_to_its_numerator(tmp_path: Path):
    acts = [
        billed("G", 3000, 4500), billed("GLQP012", 2001, 2001), billed("TCG", 2500, 2500, "p2"),
        billed("G", 3000, 3500, "p2"), billed("G", -3000, -3500, "p2", -1), billed("TCG", 2500, 3000, "p3"),
    ]  # fmt: skip
    store = open_store(practice.write(
        tmp_path / "d", practice.dataset(all_acts_of_doctor=True),
        patients=[(one, "1960-01-01", "F") for one in ("p1", "p2", "p3")],
        registrations=[("p1", "d1", "2020-01-01"), ("p2", "d1", "2020-01-01"), ("p3", "d2", "2020-01-01")],
        doctors=[{"doctor_id": "d1", "sector": "2_optam"}, {"doctor_id": "d2"}], acts=acts,
    ))  # fmt: skip
    told = {
        row["rule"]: row["numerator"]
        for row in economy.limits(store, 2026, "d1").to_pylist()
        if row["value"] is not None
    }
    assert told[OVERRUN] == 2000
    assert told[WITHOUT_OVERRUN] == 2
    assert told[limits_file().pairs.rule] == 1
    found = rows.read(behind.limits(store, 2026, "d1", set(told)), ActBehind)
    assert sum(one.over_cents or 0 for one in found if one.figure == OVERRUN) == told[OVERRUN]
    counted = summed(found)
    assert {name: counted[name] for name in told if name != OVERRUN} == {
        name: value for name, value in told.items() if name != OVERRUN
    }
    outside = {one.patient_id for one in found if one.figure == limits_file().teleconsultation.reading[0].rule}
    assert outside == {"p3"}
