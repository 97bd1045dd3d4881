"""What the doctor says stands beside what the record says, and never replaces it."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from calculators.prevention import declarations
from calculators.prevention.assess import assess
from calculators.prevention.declarations import Declaration
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from tests import practice

pytestmark = pytest.mark.slow

AS_OF = date(2026, 3, 31)
NOW = datetime(2026, 3, 30, 18, 5)
SEIN = "depistage_cancer_sein"


def declare(folder, **given):
    base = {"patient_id": "anne", "indicator": SEIN, "by": "d1", "at": NOW}
    declarations.declare(folder, Declaration.model_validate(base | given))


def verdict(folder):
    """The row of Anne's mammography, with what the doctor says."""
    store, rules = open_store(folder), load_set("convention_2024")
    held = declarations.holding(declarations.read(folder).known, AS_OF)
    acts, sure = declarations.done_elsewhere(held.values()), declarations.confirmed(held.values())
    with_acts = assess(store, rules, AS_OF, declared=acts, confirmed=sure)
    rows = declarations.beside(assess(store, rules, AS_OF), with_acts, held).to_pylist()
    return next(row for row in rows if row["indicator"] == SEIN)


@pytest.fixture
def folder(tmp_path):
    return practice.write(
        tmp_path / "d", patients=[("anne", "1965-05-05", "F")], acts=[("anne", "2020-01-01", "ngap", "G")]
    )


def test_without_a_declaration_both_views_agree(folder):
    row = verdict(folder)
    assert (row["status"], row["doctor_status"], row["doctor_says"]) == ("due", "due", None)


@pytest.mark.slow
def test_done_elsewhere_counts_within_its_window_only(folder):
    declare(folder, kind="fait_ailleurs", on=date(2024, 4, 1))
    row = verdict(folder)
    assert (row["status"], row["doctor_status"]) == ("due", "up_to_date")
    assert "1er avril 2024" in row["doctor_says"]
    declare(folder, kind="fait_ailleurs", on=date(2024, 3, 31))
    assert verdict(folder)["doctor_status"] == "due"


@pytest.mark.parametrize(("kind", "status"), [("refus", "refused"), ("non_applicable", "not_applicable")])
def test_a_refusal_or_a_reason_is_shown_and_the_record_still_says_due(folder, kind, status):
    declare(folder, kind=kind, reason="ne souhaite pas")
    row = verdict(folder)
    assert (row["status"], row["doctor_status"]) == ("due", status)
    assert "ne souhaite pas" in row["doctor_says"]


def test_a_refusal_says_nothing_of_an_act_done_since(tmp_path):
    folder = practice.write(
        tmp_path / "d", patients=[("anne", "1965-05-05", "F")], acts=[("anne", "2025-01-01", "ccam", "QEQK004")]
    )
    declare(folder, kind="refus")
    row = verdict(folder)
    assert (row["status"], row["doctor_status"]) == ("up_to_date", "up_to_date")
    assert "Refusé" in row["doctor_says"]


def test_the_last_declaration_holds_and_can_be_taken_back_without_losing_a_line(folder):
    declare(folder, kind="refus")
    declare(folder, kind="retrait")
    assert verdict(folder)["doctor_says"] is None
    assert [d.kind for d in declarations.read(folder).known] == ["refus", "retrait"]


def test_the_source_tables_are_untouched(folder):
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    declare(folder, kind="refus")
    verdict(folder)
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == before


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "fait_ailleurs"},
        {"kind": "fait_ailleurs", "on": date(2026, 4, 1)},
        {"kind": "non_applicable"},
        {"kind": "autre"},
    ],
)
def test_an_incomplete_declaration_is_refused(folder, given):
    with pytest.raises(ValidationError):
        declare(folder, **given)


def test_a_line_that_cannot_be_read_is_set_aside_and_told(folder):
    """Torn, of another program, not UTF-8, of a later version: the others hold, and nothing is taken from the file."""
    declare(folder, kind="refus")
    path = folder / declarations.FILE
    strange = [b"{abime", b'"texte"', b"\xff\xfe", b'{"kind": "futur"}', b"[" * 5000]
    path.write_bytes(path.read_bytes() + b"\n".join(strange))
    declare(folder, kind="retrait")
    found = declarations.read(folder)
    assert [one.kind for one in found.known] == ["refus", "retrait"]
    assert found.strange == [2, 3, 4, 5, 6]
    assert "5\u00a0lignes illisibles" in found.sentence()
    assert path.read_bytes().count(b"\n") == 7


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c", "\r", "\n", "\u202e"])
def test_any_character_may_stand_in_a_reason(folder, odd):
    declare(folder, kind="refus", reason=f"avant{odd}après")
    found = declarations.read(folder)
    assert [one.reason for one in found.known] == [f"avant{odd}après"]
    assert found.strange == []


def said(kind, at, on=None):
    return Declaration(patient_id="anne", indicator=SEIN, kind=kind, on=on, reason="parce que", by="d1", at=at)


@pytest.mark.parametrize(
    ("declaration", "holds"),
    [
        (said("refus", datetime(2026, 3, 31, 23, 59)), True),
        (said("refus", datetime(2026, 4, 1, 0, 0)), False),
        (said("fait_ailleurs", datetime(2026, 4, 2), date(2026, 3, 31)), True),
        (said("fait_ailleurs", datetime(2026, 4, 2), date(2026, 4, 1)), False),
        (said("fait_ailleurs", datetime(2026, 3, 31), date(2025, 1, 1)), True),
    ],
)
def test_a_declaration_holds_from_the_day_it_was_made_or_the_act_it_tells_was_done(declaration, holds):
    assert bool(declarations.holding([declaration], AS_OF)) == holds


def test_an_act_done_the_day_it_is_declared_is_accepted():
    assert said("fait_ailleurs", NOW, NOW.date()).on == NOW.date()


def test_only_acts_done_elsewhere_are_given_to_the_engine():
    held = [said("refus", NOW), said("non_applicable", NOW), said("fait_ailleurs", NOW, date(2025, 1, 1))]
    assert declarations.done_elsewhere(held).num_rows == 1
    refused_with_a_day = said("refus", NOW, date(2025, 1, 1))
    assert declarations.done_elsewhere([refused_with_a_day]).num_rows == 0


@pytest.mark.parametrize(("length", "accepted"), [(500, True), (501, False)])
def test_a_reason_has_at_most_500_characters(length, accepted):
    given = {"patient_id": "anne", "indicator": SEIN, "kind": "refus", "by": "d1", "at": NOW, "reason": "x" * length}
    if accepted:
        assert len(Declaration.model_validate(given).reason) == length
    else:
        with pytest.raises(ValidationError):
            Declaration.model_validate(given)


@pytest.mark.slow
def test_the_word_of_the_doctor_settles_a_possible_exclusion(tmp_path):
    acts = [("anne", "2020-01-01", "ccam", "QEFA019"), ("anne", "2021-01-01", "ccam", "QEFA019")]
    folder = practice.write(tmp_path / "d", patients=[("anne", "1965-05-05", "F")], acts=acts)
    assert (verdict(folder)["status"], verdict(folder)["unknown_because"]) == ("unknown", "exclusion")
    declare(folder, kind="concerne")
    row = verdict(folder)
    assert (row["status"], row["doctor_status"]) == ("unknown", "due")
    assert "l’exclusion possible ne s’applique pas" in row["doctor_says"]
    declare(folder, kind="non_applicable", reason="les deux seins")
    assert verdict(folder)["doctor_status"] == "not_applicable"


def test_who_is_confirmed_is_given_to_the_engine_and_nobody_else():
    held = [said("refus", NOW), said("concerne", NOW)]
    assert declarations.confirmed(held).to_pylist() == [{"patient_id": "anne", "indicator": SEIN}]
