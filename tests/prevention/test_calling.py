"""What came of a call is kept with who and when, holds for some days, and moves no verdict."""

import os
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from calculators.errors import UserError
from calculators.prevention import calling, declarations
from calculators.prevention.calling import DAYS, STATES, Called
from tests import practice

AT = datetime(2026, 3, 30, 18, 5)


def called(**told):
    return Called.model_validate({"patient_id": "anne", "state": "rendez_vous", "by": "d1", "at": AT} | told)


def test_the_last_state_of_each_patient_is_the_one_that_holds(tmp_path):
    for one in (called(state="message_laisse"), called(patient_id="bob", state="refuse"), called()):
        calling.record(tmp_path, one)
    kept = calling.read(tmp_path)
    assert (len(kept.known), kept.strange, kept.sentence()) == (3, [], "")
    assert {key: one.state for key, one in calling.latest(kept.known).items()} == {
        "anne": "rendez_vous",
        "bob": "refuse",
    }


def test_a_state_says_when_it_must_be_one_of_those_known():
    with pytest.raises(ValidationError):
        called(state="rappeler")


@given(some.sampled_from(STATES), some.integers(0, 400))
def test_a_state_holds_for_its_days_and_then_he_is_to_call(state, days):
    held = calling.standing(called(state=state), AT.date() + timedelta(days=days))
    assert held == (state if days < DAYS.get(state, 0) else "a_appeler")


def test_nobody_was_called_at_first():
    assert calling.standing(None, date(2026, 1, 1)) == "a_appeler"


def test_every_state_but_to_call_has_its_days():
    assert {*DAYS, "a_appeler"} == {*STATES}
    assert all(days > 0 for days in DAYS.values())


def test_a_torn_line_is_told_and_the_others_are_taken(tmp_path):
    calling.record(tmp_path, called())
    with (tmp_path / calling.FILE).open("a", encoding="utf-8") as file:
        file.write('{"patient_id": "bo')
    calling.record(tmp_path, called(state="refuse"))
    kept = calling.read(tmp_path)
    assert [one.state for one in kept.known] == ["rendez_vous", "refuse"]
    assert "« appels.jsonl » (2)" in kept.sentence()


@pytest.mark.skipif(os.name == "nt", reason="modes of files")
def test_the_file_is_for_its_owner_alone(tmp_path):
    calling.record(tmp_path, called())
    assert (tmp_path / calling.FILE).stat().st_mode & 0o777 == 0o600


def test_a_disk_that_refuses_is_a_sentence(tmp_path):
    (tmp_path / calling.FILE).mkdir()
    with pytest.raises(UserError, match="L’état de l’appel n’a pas été enregistré"):
        calling.record(tmp_path, called())


def test_each_state_that_says_something_of_acts_leads_to_a_declaration_that_there_is():
    kinds = declarations.Declaration.model_fields["kind"].annotation.__args__
    assert {*calling.BY_ACT.values()} <= {*kinds}


def test_writing_the_tables_again_keeps_it(tmp_path):
    folder = practice.write(tmp_path / "d", patients=[("anne", "1965-05-05", "F")])
    calling.record(folder, called())
    practice.write(folder, patients=[("anne", "1965-05-05", "F")])
    assert [one.patient_id for one in calling.read(folder).known] == ["anne"]
