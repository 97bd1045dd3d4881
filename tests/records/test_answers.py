"""« Deux fiches, un seul patient ? »: what was answered survives whatever comes to the folder and leaves it."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from calculators.errors import UserError
from calculators.records import answers, practice
from tests.records.documents import document, number_of, person

pytestmark = pytest.mark.slow

BIRTH, DAY = date(1960, 2, 1), date(2026, 3, 1)


def marie(order: int, **more: str):
    """Of one name, birth and sex, under a number of her own."""
    return person("Dupont", "Marie", BIRTH, "F", number=number_of(BIRTH, "F", order), **more)


ONE, OTHER = document("un", marie(1)), document("autre", marie(2))
THIRD = document("trois", person("Lenoir", "Paul", date(1950, 1, 1), "M"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    practice.add(tmp_path / "dossier", [ONE, OTHER, THIRD])
    return tmp_path / "dossier"


def patients(folder: Path) -> int:
    return len({key for one in practice.listed(folder) for key in one.patient_ids})


def asked(folder: Path) -> tuple[str, str]:
    [question] = practice.questions(folder)
    return question.pair


def test_a_pair_is_asked_once_with_what_tells_it_apart(folder: Path):
    [question] = practice.questions(folder)
    assert question.reasons == ("mêmes nom, naissance et sexe, numéros différents",)
    assert {one.files for one in (question.one, question.other)} == {("un",), ("autre",)}
    assert (question.one.family, question.one.birth_date, question.one.sex) == ("Dupont", BIRTH, "F")


def test_yes_makes_one_patient_and_no_leaves_two_and_neither_is_asked_again(folder: Path):
    pair = asked(folder)
    assert practice.answer(folder, pair, False, DAY).patients == 3
    assert (practice.questions(folder), patients(folder)) == ([], 3)
    assert practice.answer(folder, pair[::-1], True, DAY).patients == 2
    assert (practice.questions(folder), patients(folder)) == ([], 2)
    assert len(practice.answered(folder)) == 1
    assert (folder / answers.FILE).stat().st_mode & 0o777 == 0o600


def test_an_answer_that_is_taken_back_gives_both_their_keys_again(folder: Path):
    keys = {one.name: one.patient_ids for one in practice.listed(folder)}
    pair = asked(folder)
    practice.answer(folder, pair, True, DAY)
    practice.answer(folder, pair, None, DAY)
    assert {one.name: one.patient_ids for one in practice.listed(folder)} == keys
    assert asked(folder) == pair


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("gone", list(permutations([ONE, OTHER])))
def test_the_answer_survives_withdrawal_and_a_second_import(folder: Path, same: bool, gone):
    practice.answer(folder, asked(folder), same, DAY)
    before = patients(folder)
    for one in gone:
        practice.remove(folder, one.source_id)
    assert practice.questions(folder) == []
    for one in gone:
        practice.add(folder, [one])
    assert (practice.questions(folder), patients(folder)) == ([], before)


@pytest.mark.parametrize("same", [True, False])
def test_the_answer_holds_for_a_later_document_when_the_first_has_left(folder: Path, same: bool):
    practice.answer(folder, asked(folder), same, DAY)
    practice.add(folder, [document("plus tard", marie(1), created=date(2026, 5, 1))])
    practice.remove(folder, ONE.source_id)
    assert practice.questions(folder) == []
    assert patients(folder) == (2 if same else 3)


def test_the_answer_survives_replacement_of_all_documents_by_the_same(folder: Path):
    practice.answer(folder, asked(folder), True, DAY)
    practice.add(folder, [THIRD, OTHER, ONE], instead=True)
    assert (practice.questions(folder), patients(folder)) == ([], 2)


def test_two_that_are_no_pair_may_be_said_to_be_one(folder: Path):
    keys = sorted(one.patient_ids[0] for one in practice.listed(folder) if one.name != "autre")
    assert practice.answer(folder, (keys[0], keys[1]), True, DAY).patients == 2


@pytest.mark.parametrize("pair", [("inconnue", "autre"), ("", "")])
def test_a_key_that_is_not_there_is_a_sentence(folder: Path, pair: tuple[str, str]):
    with pytest.raises(UserError, match="clé d’aucun patient"):
        practice.answer(folder, pair, True, DAY)
    key = practice.listed(folder)[0].patient_ids[0]
    with pytest.raises(UserError, match="deux fois"):
        practice.answer(folder, (key, key), True, DAY)
