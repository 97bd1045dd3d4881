"""Acts paid in full together and overruns, drawn at the edges: same day, two performers, reversals, what is not said."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators import economy
from calculators.dates import to_day
from calculators.practice import acts as acts_of
from calculators.practice.limits import _name_pairs, limits_file
from calculators.practice.tariffs import tariffs
from calculators.records.store import open_store
from tests import practice
from tests.economy import oracle
from tests.economy.cabinets import DOCTORS, World, in_a_folder, opened

YEAR = 2026
RULE = limits_file().pairs
BEGAN = {code: one.from_ for one in RULE.periods for code in one.codes}
PAIRED = ["GLQP012", "KCQM001"]
DAYS = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
CODES = [("ngap", "G"), ("ngap", "G"), ("ngap", "VGS"), ("ngap", "TCG"), *(("ccam", code) for code in PAIRED * 2)]
BASES = [4000, 2000, 2001, 1999]


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A line and, at times, the one that takes it back: whole, on another base, without its base, by another doctor."""
    system, code = draw(st.sampled_from(CODES))
    number, base = draw(st.sampled_from([1, 1, 1, 2])), draw(st.none() | st.sampled_from(BASES))
    over = draw(st.none() | st.sampled_from([0, 0, 1, 2000, -1]))
    row = {
        "patient_id": draw(st.sampled_from(["p1", "p2"])), "date": draw(st.sampled_from(DAYS)), "system": system,
        "code": code, "quantity": number, "performer_id": draw(st.none() | st.sampled_from(DOCTORS)),
        "base_cents": None if base is None else base * number,
        "paid_cents": None if base is None or over is None else base * number + over,
        "session": draw(st.none() | st.sampled_from(["1", "1", "2"])),
    }  # fmt: skip
    if not draw(st.booleans()):
        return [row]
    back = {name: None if row[name] is None else -row[name] for name in ("quantity", "base_cents", "paid_cents")}
    changed = draw(
        st.sampled_from([{}, {}, {"base_cents": None}, {"base_cents": -2000}, {"performer_id": "d2"}, {"session": "2"}])
    )
    return [row, row | back | changed]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    people = [{"patient_id": one, "birth_date": date(1960, 1, 1), "sex": "F"} for one in ("p1", "p2")]
    listed = [{"patient_id": "p1", "doctor_id": one, "from_date": date(2020, 1, 1)} for one in DOCTORS]
    drawn = draw(st.lists(lines(), max_size=12))
    return {"patients": people, "registrations": listed, "acts": [row for some in drawn for row in some]}


@pytest.mark.oracle
@given(worlds())
@settings(max_examples=min(60, settings.default.max_examples))
def test_pairs_and_overruns_are_those_of_the_plain_definition(world: World):
    with in_a_folder() as folder:
        store = opened(folder, world)
        engine = store.engine()
        engine.view("asked", acts_of.asked(store, None))
        ids = {row["doctor"]: row["doctor_id"] for row in acts_of.asked(store, None).to_pylist()}
        _name_pairs(engine, store, BEGAN, tariffs())
        days = {"first_day": to_day(date(YEAR, 1, 1)), "last_day": to_day(date(YEAR, 12, 31))}
        acts_of.step(engine, ["overrun_acts", "overruns", "paired_lines", "billed_together", "pairs"], days)
        paired: dict[str, dict[tuple[str, int], int]] = {one: {} for one in DOCTORS}
        for row in engine.fetch("select * from pairs").to_pylist():
            mine, key = paired[ids[row["doctor"]]], (row["name"], row["line_cents"] // row["line_acts"])
            mine[key] = mine.get(key, 0) + row["sessions"]
        columns = ("acts", "at_base", "base_cents", "over_cents")
        found = engine.fetch("select * from overruns").to_pylist()
        over = {ids[row["doctor"]]: tuple(row[name] for name in columns) for row in found}
        for doctor in DOCTORS:
            assert paired[doctor] == oracle.pairs(world, doctor, YEAR, BEGAN, set(RULE.with_))
            assert over.get(doctor, (0, 0, 0, 0)) == oracle.overruns(world, doctor, YEAR)


def billed(code: str, base: int, session: str = "1", patient: str = "p1", quantity: int = 1) -> dict[str, Any]:
    return {
        "patient_id": patient, "date": "2026-03-02", "system": "ccam" if code in BEGAN else "ngap", "code": code,
        "performer_id": "d1", "base_cents": base, "session": session, "quantity": quantity,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "counted"),
    [
        ([billed("G", 3000), billed("GLQP012", 2001)], (1, 1)),
        ([billed("G", 3000), billed("GLQP012", 4002)], (0, 1)),
        ([billed("G", 3000, patient="p2"), billed("GLQP012", 2001)], (0, 0)),
        ([billed("G", 3000, session="2"), billed("GLQP012", 2001)], (0, 0)),
        ([billed("G", 3000), billed("G", -3000, quantity=-1), billed("GLQP012", 2001)], (0, 0)),
        ([billed("G", 3000), billed("GLQP012", 2001), billed("GLQP012", -2001, quantity=-1)], (0, 0)),
        ([billed("G", 3000), billed("GLQP012", 4002, quantity=2)], (2, 2)),
    ],
)
def test_an_act_paid_at_half_beside_the_consultation_of_its_invoice_is_missed(tmp_path, acts, counted):
    people = [("p1", "1960-01-01", "F"), ("p2", "1960-01-01", "F")]
    full = {"patient_id": "p2", "date": "2026-05-04", "system": "ccam", "code": "GLQP012", "performer_id": "d1",
            "base_cents": 4002, "session": "9", "quantity": 1}  # fmt: skip
    consulted = full | {"system": "ngap", "code": "G", "base_cents": 3000}
    store = open_store(practice.write(tmp_path / "d", patients=people, acts=[*acts, full, consulted]))
    rows = {row["rule"]: row for row in economy.limits(store, 2026, "d1").to_pylist()}
    missed, together = counted
    found = rows["associations_a_taux_plein"]
    assert (found["numerator"], found["denominator"]) == (missed, together + 1)
