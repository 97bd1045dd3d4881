"""What the address says is read back as it was written; a number of it stands for a patient of one person and folder."""

from datetime import date
from pathlib import Path

import pytest

from calculators.records import recents
from dashboard import address
from dashboard.serving import cards
from tests.dashboard.opening import opened

VALUES = {
    "dossier": None, "medecin": "10101010101", "date": date(2026, 6, 30), "jeu": "proposition_2024_03_14",
    "indicateur": ["vaccin_grippe", "vaccin_ror"], "contact": "vaccination", "montrer": "gap_ids", "age": (20, 60),
    "vu": "never", "ald": True, "volet-forfait": "Autres accords", "volet-sobriete": "Et si…", "annee": 2024,
    "appel": "rendez_vous", "seance": "0123456789abcdef", "choix": "00112233445566ff", "tri": "age", "page": 2,
    "ecart": "classe", "classe": "N02BE01", "mois": "vaccin_grippe",
    "volet-revenu": "ROSP", "volet-decisions": "Capitation", "volet-enveloppe": "Par contact",
    "volet-pertinence": "Environnement", "annee-pertinence": 2024, "objectif": "2",
}  # fmt: skip


@pytest.mark.parametrize("part", address.PARTS, ids=lambda part: part.name)
def test_each_part_is_read_back_as_it_was_written(part: address.Part):
    if part.name != "dossier":
        assert part.read(part.write(VALUES[part.name])) == VALUES[part.name]
        assert VALUES[part.name] != part.usual


@pytest.mark.parametrize(
    ("name", "given"),
    [("age", ["20"]), ("age", ["60", "20"]), ("age", ["20", "200"]), ("age", ["٣", "٤"]), ("ald", ["1"]),
     ("date", ["demain"]), ("page", ["x"]), ("seance", ["12"]), ("tri", ["hasard"]), ("appel", ["refus"]),
     ("montrer", ["now_ids"]), ("annee", ["-1"]), ("annee", ["1e3"]), ("contact", ["a", "b"]), ("contact", ["x" * 500]),
     ("indicateur", ["\u202e"]), ("dossier", ["/etc"])],
)  # fmt: skip
def test_what_is_not_understood_is_refused(name: str, given: list[str]):
    part = next(one for one in address.PARTS if one.name == name)
    with pytest.raises(ValueError):  # noqa: PT011  whatever the reason, it is as if it were not there
        part.read(given)


def test_a_number_stands_for_a_patient_of_one_person_and_folder_alone():
    number = cards.number("moi", "/a", "p1")
    assert cards.number("moi", "/a", "p1") == number
    assert cards.number("moi", "/a", "p2") != number
    assert cards.meant("moi", "/a", number) == "p1"
    assert cards.meant("toi", "/a", number) is None
    assert cards.meant("moi", "/b", number) is None
    assert cards.meant("moi", "/a", "f" * 16) is None
    cards.forget("/a")
    assert cards.meant("moi", "/a", number) is None
    assert cards.number("moi", "/a", "p1") != number


def test_numbers_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch):
    for name, value in (("MOST", 3), ("_numbers", {}), ("_opened", {})):
        monkeypatch.setattr(cards, name, value)
    given = [cards.number("moi", "/c", f"p{n}") for n in range(5)]
    assert [cards.meant("moi", "/c", number) for number in given[-2:]] == ["p3", "p4"]
    assert cards.meant("moi", "/c", given[0]) is None


@pytest.mark.slow
def test_a_folder_just_opened_is_kept_when_another_page_is_asked_for_before_this_one_is_drawn_whole(
    practices: Path, record: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))
    monkeypatch.setattr(recents, "remember", lambda path: None)
    app = opened("donnees")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(address, "write", lambda folder: None)  # it stands at the end of a run
        app.text_input(key="chemin").set_value(str(record))
        next(one for one in app.button if one.label == "Ouvrir").click().run()
    app.switch_page("pages/scenarios.py").run()
    assert app.session_state["choice"].place.path == str(record.resolve())
