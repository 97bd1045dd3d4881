"""Who is who: by a number of his own, else by name, birth and sex; twins stay two; nobody is joined on a doubt."""

import random
from dataclasses import replace
from datetime import date

import pytest

from calculators.records import identities
from calculators.records.identities import first_names, fold, is_own, match, named
from calculators.records.readers.shape import Person
from tests.records.documents import child, number_of, person

BORN = date(1980, 5, 4)
ANNE = person("Lefèvre", "Anne", BORN, "F")
SALT = b"s" * 32


def grouped(*people: Person) -> tuple[list[int], int]:
    """Number of the group of each, in order of appearance, and how many doubts; the same in any order."""
    found = [named(f"{place:024}", 0, one, SALT) for place, one in enumerate(people)]
    told = match(found, frozenset(), lambda _: frozenset())
    for seed in range(3):
        shuffled = random.Random(seed).sample(found, len(found))
        assert dict(match(shuffled, frozenset(), lambda _: frozenset()).of) == dict(told.of)
    order = list(dict.fromkeys(told.of[one.node] for one in found))
    return [order.index(told.of[one.node]) for one in found], len(told.maybe)


@pytest.mark.parametrize(
    ("people", "groups", "doubts"),
    [
        ((ANNE, replace(ANNE, family="", given="")), [0, 0], 0),
        ((ANNE, replace(ANNE, number="", family="LEFEVRE")), [0, 0], 0),
        ((ANNE, replace(ANNE, number="", given="Anne Marie Claude")), [0, 0], 0),
        ((ANNE, replace(ANNE, number="", given="Anne-Marie")), [0, 1], 0),
        ((ANNE, replace(ANNE, number="", birth=date(1980, 5, 5))), [0, 1], 0),
        ((ANNE, replace(ANNE, number=number_of(BORN, "F", 901))), [0, 1], 1),
        ((ANNE, replace(ANNE, birth=date(1980, 5, 5))), [0, 1], 1),
        ((ANNE, replace(ANNE, number=ANNE.number[:13])), [0, 0], 0),
        ((ANNE, replace(ANNE, number="", family="Petit", used_family="Lefèvre")), [0, 1], 1),
        ((ANNE, replace(ANNE, family="", given="", birth=date(1980, 5, 1), birth_precision="month")), [0, 0], 0),
        ((replace(ANNE, number="", family=""), replace(ANNE, number="", family="")), [0, 1], 0),
    ],
)
def test_people_are_one_by_number_or_by_name_birth_and_sex(people, groups, doubts):
    assert grouped(*people) == (groups, doubts)


def test_twins_under_their_parent_s_number_are_two():
    parent = number_of(date(1979, 3, 2), "F")
    twins = [child("Lefèvre", name, date(2020, 1, 2), "M", parent) for name in ("Paul", "Louis")]
    assert grouped(*twins, *twins) == ([0, 1, 0, 1], 0)


def test_one_name_behind_two_numbers_leaves_the_third_alone():
    other = replace(ANNE, number=number_of(BORN, "F", 901))
    unnumbered = replace(ANNE, number="")
    assert grouped(ANNE, other, unnumbered, unnumbered) == ([0, 1, 2, 2], 3)


def test_a_first_name_that_may_be_two_leaves_everyone_apart():
    names = ("Marie-Louise", "Marie Louise", "Marie")
    people = [replace(ANNE, number="", given=given) for given in names]
    assert grouped(*people)[0] == [0, 1, 2]
    assert grouped(*people)[1] == 2


@pytest.mark.parametrize(
    ("number", "birth", "sex", "own"),
    [
        ("280059935100114", BORN, "F", True),
        ("280059935100114", BORN, "M", False),
        ("280069935100114", BORN, "F", False),
        ("281059935100114", BORN, "F", False),
        ("280209935100114", BORN, "F", True),
        ("280429935100114", BORN, "F", True),
        ("280439935100114", BORN, "F", False),
        ("280999935100114", BORN, "F", True),
        ("28005993510011", BORN, "F", False),
        ("2800599351001", None, "U", True),
        ("280052A351001", BORN, "F", True),
        ("", BORN, "F", False),
    ],
)
def test_a_number_is_his_when_its_sex_year_and_month_are(number, birth, sex, own):
    assert is_own(number, birth, sex) == own


def test_names_are_folded():
    assert fold("  L’Hérault-Dœuvre ") == "l herault doeuvre"
    assert first_names("Marie-Louise Anne") == {"marie louise"}
    assert first_names("Marie Louise") == {"marie", "marie louise"}
    assert first_names("") == frozenset()
    assert identities.digest(ANNE.number, SALT) == identities.digest(ANNE.number[:13], SALT)


def test_two_keys_of_one_source_are_two_patients_whatever_their_names():
    homonyms = [replace(ANNE, number="", key=key, keeps_key=True) for key in ("k1", "k2")]
    one, other = (named("s" * 24, place, person, SALT) for place, person in enumerate(homonyms))
    third = named("t" * 24, 0, replace(ANNE, number=""), SALT)
    told = match([one, other, third], frozenset(), lambda _: frozenset())
    assert len(set(told.of.values())) == 3
    assert {maybe.reason for maybe in told.maybe} == {"mêmes nom, naissance et sexe, deux clés d’un même document"}


def test_a_patient_is_called_by_his_birth_name_and_first_given_name(tmp_path):
    known = [
        identities.Identity("a", family="Le Gall", given="Anne Marie", phone="06 39 98 00 00", email="a@example.org"),
        identities.Identity("b", number="digest"),
        identities.Identity("c", given="Zoé"),
    ]
    identities.write(tmp_path, known, SALT)
    called = identities.called(tmp_path, ["a", "b", "c", "d"])
    assert {key: one.name for key, one in called.items()} == {"a": "LE GALL Anne", "c": "Zoé"}
    assert (called["a"].phone, called["a"].email) == ("06 39 98 00 00", "a@example.org")
    assert identities.called(tmp_path / "elsewhere", ["a"]) == {}
