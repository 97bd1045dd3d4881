"""What an indicator refuses on purpose is said where one would read that nothing was found, and changes no verdict."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from calculators import rows
from calculators.prevention.assess import Verdict, assess
from calculators.prevention.check import unsaid
from calculators.prevention.explain import explain, in_short
from calculators.prevention.group import set_hash
from calculators.prevention.indicator import HERE, available_sets, load_indicator, load_set
from calculators.prevention.refused import Seen, lines, seen
from calculators.records.store import open_store
from calculators.rules import RuleError
from tests import practice

RULES = load_set("convention_2024")
AS_OF = date(2026, 6, 30)
BORN = date(1962, 3, 1)
SCREENED = "Mammographie du 21 mars 2026, hors dépistage organisé : ne compte pas."
BREAST = "depistage_cancer_sein"


def judged(folder: Path, born: date = BORN, sex: str = "F", **tables: object) -> dict[str, tuple[Verdict, Seen | None]]:
    """Each indicator of one patient, with what it refuses of him."""
    ald = [("p1", 12, "2015-01-01")] if born.year < 2000 else []
    practice.write(folder, patients=[("p1", born.isoformat(), sex)], ald=ald, **tables)
    store = open_store(folder)
    board = rows.read(assess(store, RULES, AS_OF), Verdict)
    found = seen(RULES, AS_OF, board, {"p1": born}, lines(store, RULES, AS_OF, ["p1"]))
    return {row.indicator: (row, found.get(("p1", row.indicator))) for row in board}


def act(day: date | str, system: str, code: str, quantity: int = 1) -> tuple[str, str, str, str, int]:
    return ("p1", str(day), system, code, quantity)


def test_a_mammography_outside_the_programme_is_told_and_the_verdict_stays(tmp_path: Path):
    row, found = judged(tmp_path / "with", acts=[act("2026-03-21", "ccam", "QEQK001")])[BREAST]
    without, nothing = judged(tmp_path / "without", acts=[act("2026-03-21", "ngap", "G")])[BREAST]
    assert (row.status, row) == ("due", without)
    assert SCREENED in explain(row, RULES, AS_OF, refused=found)
    assert "Aucun acte" not in explain(row, RULES, AS_OF, refused=found)
    assert SCREENED[1:] in in_short(row, found)
    assert (nothing, "aucun acte retrouvé" in in_short(without)) == (None, True)


def test_the_one_before_of_the_programme_is_told_too(tmp_path: Path):
    acts = [act("2023-01-05", "ccam", "QEQK004"), act("2026-03-21", "ccam", "QEQK001")]
    row, found = judged(tmp_path / "one", acts=acts)[BREAST]
    assert f"Dernier acte retrouvé le 5 janvier 2023. {SCREENED}" in explain(row, RULES, AS_OF, refused=found)


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        ([act(date(2024, 7, 1), "ccam", "QEQK001")], True),  # the first day of the two years
        ([act(date(2024, 6, 30), "ccam", "QEQK001")], False),
        ([act("2026-03-21", "ccam", "QEQK001"), act("2026-03-21", "ccam", "QEQK001", -1)], False),
        ([act("2026-03-21", "ccam", "QEQK001"), act("2026-03-22", "ccam", "QEQK004")], False),  # up to date
        ([act("2026-07-01", "ccam", "QEQK001")], False),
    ],
)
def test_only_what_stands_in_the_period_of_what_is_lacking_is_told(tmp_path: Path, acts: list, said: bool):
    assert (judged(tmp_path / "one", acts=acts)[BREAST][1] is not None) == said


def test_the_latest_of_several_is_told(tmp_path: Path):
    acts = [act("2026-03-21", "ccam", "QEQK001"), act("2026-04-02", "ccam", "QEQK005")]
    found = judged(tmp_path / "one", acts=acts)[BREAST][1]
    assert found == Seen("mammographie", "d’un seul côté", date(2026, 4, 2))


def test_it_is_told_for_the_requirement_it_is_taken_for_alone(tmp_path: Path):
    three = [act("2026-03-01", "nabm", code) for code in ("1133", "0627", "0592")]
    protein = act("2026-03-21", "nabm", "2004")
    lacking = judged(tmp_path / "albumin", acts=[protein, *three[1:]])["depistage_mrc"]
    other = judged(tmp_path / "creatinine", acts=[protein, *three[:2]])["depistage_mrc"]
    assert lacking[1] == Seen("dosage de la protéinurie", "qui n’est pas une albuminurie", date(2026, 3, 21))
    assert (other[0].status, other[1]) == ("due", None)


def test_a_window_of_ages_is_that_of_the_patient(tmp_path: Path):
    born = date(2025, 3, 10)
    for place, (day, said) in enumerate([("2025-11-10", True), ("2026-01-09", True), ("2026-01-10", False)]):
        found = judged(tmp_path / str(place), born, acts=[act(day, "ngap", "COB")])["examen_enfant_m9"][1]
        assert (found is not None) == said, day


def test_a_vaccine_is_found_by_its_class_and_by_its_product(tmp_path: Path):
    by_class, by_product = ("p1", "2023-05-02", None, "J07AL01", 1), ("p1", "2023-05-02", "3400939901152", None, 1)
    for place, (line, valent) in enumerate([(by_class, "23-valent"), (by_product, "13 ou 15-valent")]):
        patient = {"ald": [("p1", 8, "2015-01-01")], "deliveries": [line]}
        practice.write(tmp_path / str(place), patients=[("p1", "1962-03-01", "F")], **patient)
        store = open_store(tmp_path / str(place))
        board = rows.read(assess(store, RULES, AS_OF), Verdict)
        had = lines(store, RULES, AS_OF, ["p1"])
        assert valent in seen(RULES, AS_OF, board, {"p1": BORN}, had)["p1", "vaccin_pneumocoque"].said


EVERY = sorted((HERE / "indicators").rglob("*.toml"))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_code_is_both_counted_and_refused(path: Path):
    one = load_indicator(path)
    codes = {name: held for set_ in available_sets() for name, held in load_set(set_).codes.items()}
    for refusal in one.refused:
        counted = {pair for need in one.counted() for name in need.codes for pair in codes[name].codes()}
        refused = {pair for name in refusal.codes for pair in codes[name].codes()}
        refused |= set(refusal.acts.codes()) if refusal.acts else set()
        assert not counted & refused
        assert refusal.acts is None or refusal.acts.reference


def test_what_is_refused_changes_neither_the_hash_of_a_set_nor_who_is_judged_how():
    bare = RULES.model_copy(
        update={"indicators": tuple(one.model_copy(update={"refused": ()}) for one in RULES.indicators)}
    )
    assert any(one.refused for one in RULES.indicators)
    assert set_hash(bare) == set_hash(RULES)


def own_file(folder: Path, refused: str) -> Path:
    text = (HERE / "indicators" / f"{BREAST}.toml").read_text(encoding="utf-8").replace(BREAST, "sein_a_moi", 1)
    before, _, after = text.partition("[[refused]]")
    path = folder / "sein_a_moi.toml"
    path.write_text(f"{before}{refused}\n[[example]]{after.partition('[[example]]')[2]}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("refused", "named"),
    [
        ('[[refused]]\nlabel = "a"\nwhy = "b"\ncodes = "mammographie_individuel"', "mammographie_individuelle"),
        ('[[refused]]\nlabel = "a"\nwhy = "b"', "codes"),
        ('[[refused]]\nlabel = "a"\ncodes = "mammographie_individuelle"', "why"),
    ],
)
def test_a_refusal_written_wrong_is_said_in_the_file(tmp_path: Path, refused: str, named: str):
    path = own_file(tmp_path, refused)
    with pytest.raises(RuleError, match=named):
        RULES.joined_by(load_indicator(path), path.name)


def test_the_check_of_a_file_takes_the_codes_of_a_refusal_as_used_and_asks_for_their_source(tmp_path: Path):
    used = (
        '[codes.a_moi]\nlabel = "Une autre"\nccam = ["QEQK009"]\n[[refused]]\nlabel = "a"\nwhy = "b"\ncodes = "a_moi"'
    )
    assert not any("ne servent pas" in line for line in unsaid(load_indicator(own_file(tmp_path, used))))
    bare = '[[refused]]\nlabel = "autre"\nwhy = "b"\nacts = { label = "Une autre", ccam = ["QEQK009"] }'
    told = unsaid(load_indicator(own_file(tmp_path, bare)))
    assert any("« autre », regardés et refusés" in line for line in told)


def test_a_day_of_the_period_is_counted_as_a_requirement_counts_it(tmp_path: Path):
    """The same day, refused and counted: told exactly where the act of the programme would have counted."""
    for days in (0, 1, 729, 730, 731):
        day = AS_OF - timedelta(days=days)
        told = judged(tmp_path / f"refused{days}", acts=[act(day, "ccam", "QEQK001")])[BREAST][1]
        counted = judged(tmp_path / f"counted{days}", acts=[act(day, "ccam", "QEQK004")])[BREAST][0]
        assert (told is not None) == (counted.status == "up_to_date"), day
