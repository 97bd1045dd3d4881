"""What is said of an indicator before it is used: what its file leaves unsaid, and whom it concerns."""

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from calculators.defaults import defaults
from calculators.prevention.assess import assess
from calculators.prevention.check import concerned, unsaid
from calculators.prevention.codes import load_codes
from calculators.prevention.indicator import HERE, Indicator, load_set
from calculators.records.store import open_store
from tests import practice, walkthrough

ZONA = next(text for name, text in walkthrough.files().items() if name.endswith("vaccin_zona.toml"))


UNUSED = '[codes.autre]\nlabel = "Autre"\natc = ["J07"]\n[codes.zona]'


def changed(old: str = "", new: str = "") -> Indicator:
    assert old in ZONA
    return Indicator.model_validate(tomllib.loads(ZONA.replace(old, new)))


def test_a_file_that_says_everything_is_told_nothing():
    rules = load_set(defaults().prevention.set)
    assert [one.id for one in rules.indicators if unsaid(one) == []] != []
    assert unsaid(changed('family = "vaccination"', 'family = "vaccination"\nasked_by = ["Moi"]')) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", "« asked_by » : qui le demande"),
        ('why = "Le zona', 'why = ""#', "« why » : pourquoi cet acte"),
        ('basis = "officiel"', 'basis = "hypothese"', "une référence qui ne soit pas une hypothèse"),
        ("3400930141861", "3400930141862", "le CIP13 3400930141862, dont la clé de contrôle est fausse"),
        (
            "[codes.zona]",
            '[codes.autre]\nlabel = "Autre"\natc = ["J07"]\n[codes.zona]',
            "les codes « autre », qui ne servent pas",
        ),
        (
            "[codes.zona]",
            '[codes.autre]\nlabel = "Autre"\natc = ["J07"]\n[codes.zona]',
            "une référence pour les codes « autre »",
        ),
    ],
)
def test_what_is_missing_or_doubtful_is_told(old: str, new: str, said: str):
    assert said in unsaid(changed(old, new))


PRODUCTS = [code for codes in load_codes(HERE / "codes.toml").values() for code in codes.cip13]


@pytest.mark.parametrize("code", PRODUCTS)
def test_the_control_digit_of_a_product_is_checked(code: str):
    """Those that ship are right; one digit more or less, wherever it is, is seen."""
    place = PRODUCTS.index(code) % len(code)
    wrong = f"{code[:place]}{(int(code[place]) + 1) % 10}{code[place + 1 :]}"
    for given, doubtful in ((code, False), (wrong, True)):
        said = unsaid(changed("3400930141861", given))
        assert any("clé de contrôle" in line for line in said) == doubtful


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_fewer_than_two_examples_are_told_and_the_outcomes_that_none_shows(kept: int):
    one = changed()
    said = unsaid(one.model_copy(update={"example": one.example[:kept]}))
    assert any(f"il y en a {kept}" in line for line in said) == (kept < 2)
    assert ("un exemple de patient à faire" in said) == (kept < 2)
    assert "un exemple de patient non concerné" in said


@pytest.mark.slow
def test_the_patients_concerned_are_those_of_the_board(tmp_path: Path):
    """Counted again from the rows of `assess`; a right nobody recorded leaves some in doubt."""
    people = [(f"p{n}", f"{1926 + n}-05-05", "F") for n in range(99)]
    about = practice.dataset(ald_known=False, covers_from=date(2026, 1, 1))
    acts = [(f"p{n}", "2026-02-01", "ccam", "QEQK004") for n in range(0, 99, 3)]
    store = open_store(practice.write(tmp_path / "d", about, patients=people, acts=acts))
    rules, day = load_set(defaults().prevention.set), date(2026, 6, 30)
    rows = assess(store, rules, day).to_pylist()
    for id_, found in concerned(store, rules, day).items():
        mine = [row for row in rows if row["indicator"] == id_]
        counts = Counter(row["status"] for row in mine)
        doubtful = sum(row["status"] == "unknown" and row["population"] is None for row in mine)
        assert (found.up_to_date, found.due, found.excluded, found.not_eligible) == tuple(
            counts[name] for name in ("up_to_date", "due", "excluded", "not_eligible")
        )
        assert (found.doubtful, found.unknown) == (doubtful, counts["unknown"] - doubtful)
        assert found.eligible == counts["up_to_date"] + counts["due"] + counts["unknown"] - doubtful
        assert sum(found) == len(mine)
    assert sum(found.doubtful for found in concerned(store, rules, day).values()) > 0
