"""Codes an indicator brings along: merged with the common ones, never in their place; judged as the definition says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.prevention.assess import assess
from calculators.prevention.indicator import IndicatorSet, load_indicator, load_set
from calculators.records.store import open_store
from calculators.rules import RuleError
from tests import practice, walkthrough
from tests.prevention.test_oracle import EVERY_WINDOW, compare

ZONA = next(text for name, text in walkthrough.files().items() if name.endswith("vaccin_zona.toml"))
ANOTHER = (
    ZONA.replace("vaccin_zona", "rappel_zona")
    .replace("[codes.zona]", "[codes.rappel]")
    .replace("codes.zona.", "codes.rappel.")
)
ANOTHER = ANOTHER.replace('"zona"', '"rappel"').replace("J07BK03", "J07BK02")


def with_added(folder: Path, *texts: str) -> IndicatorSet:
    """The set of the tests, and indicators beside it."""
    rules = load_set(EVERY_WINDOW)
    for text in texts:
        file = folder / f"{text.split(chr(34))[1]}.toml"
        file.write_text(text, encoding="utf-8")
        rules = rules.with_added({file: load_indicator(file)})
    return rules


@pytest.mark.oracle
@settings(max_examples=min(4, settings.default.max_examples))
@given(seed=st.integers(0, 2**32 - 1))
def test_engine_and_oracle_agree_on_a_set_and_what_is_judged_beside_it(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("ajoute")
    compare(with_added(folder, ZONA, ANOTHER), seed, folder / "d")


def test_the_rows_of_the_set_are_the_same_with_and_without(tmp_path: Path):
    people = [(f"p{n}", f"{1930 + n}-05-05", "F") for n in range(60)]
    bought = [(f"p{n}", f"2025-{1 + n % 12:02}-01", None, "J07BK03", 1) for n in range(60) for _ in range(2)]
    store = open_store(practice.write(tmp_path / "d", patients=people, deliveries=bought))
    day = store.dataset.covers_to
    plain, more = (assess(store, one, day).to_pylist() for one in (load_set(EVERY_WINDOW), with_added(tmp_path, ZONA)))
    assert [row for row in more if row["indicator"] != "vaccin_zona"] == plain
    every = len(load_set(EVERY_WINDOW).indicators) + 1
    assert [n % every for n, row in enumerate(more) if row["indicator"] == "vaccin_zona"] == [every - 1] * len(people)


def test_codes_that_clash_name_both_files(tmp_path: Path):
    with pytest.raises(RuleError, match=r"« vaccin_zona\.toml » : .* « mixed » .* dans « codes\.toml »"):
        with_added(tmp_path, ZONA.replace("codes.zona", "codes.mixed"))
    clash = ANOTHER.replace("codes.rappel", "codes.zona").replace('"rappel"', '"zona"')
    with pytest.raises(RuleError, match=r"« rappel_zona\.toml » : .* déjà définis dans « vaccin_zona\.toml »"):
        with_added(tmp_path, ZONA, clash)


def test_the_codes_of_one_indicator_are_not_those_of_another(tmp_path: Path):
    borrowed = ANOTHER.replace('codes = "rappel"', 'codes = "zona"', 1)
    with pytest.raises(RuleError, match="code « zona » inconnu"):
        with_added(tmp_path, ZONA, borrowed)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('atc = ["J07BK03"]', 'atc = ["J07-BK03"]', "codes.zona.atc.0 » vaut « J07-BK03 »"),
        ('cip13 = ["3400930141861"]', 'cip13 = ["340093014186"]', "codes.zona.cip13.0 » vaut « 340093014186 »"),
        ('atc = ["J07BK03"]', 'atcs = ["J07BK03"]', "« codes.zona.atcs » est inconnue ; vouliez-vous dire « atc »"),
        ('label = "Vaccin recombinant contre le zona"', "", "la clé « codes.zona.label » manque"),
    ],
)
def test_a_code_no_record_could_hold_is_refused(tmp_path: Path, old: str, new: str, said: str):
    assert old in ZONA
    with pytest.raises(RuleError, match=said.replace(".", r"\.")):
        with_added(tmp_path, ZONA.replace(old, new))


def test_a_list_without_a_code_is_refused(tmp_path: Path):
    kept = [line for line in ZONA.splitlines() if not line.startswith(("atc =", "cip13 ="))]
    with pytest.raises(RuleError, match=r"« codes\.zona » : aucun code"):
        with_added(tmp_path, "\n".join(kept))
