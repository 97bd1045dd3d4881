"""What the address says is read back as it was written; a number of it stands for a patient of one person and folder."""

import ast
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from calculators.records import recents
from dashboard import address, data
from dashboard.prevention import worklist_table
from dashboard.serving import cards
from tests.dashboard.opening import ROOT, opened, words

VALUES = {
    "dossier": None, "medecin": "10101010101", "date": date(2026, 6, 30), "jeu": "proposition_2024_03_14", "noms": True,
    "indicateur": ["vaccin_grippe", "vaccin_ror"], "contact": "vaccination", "montrer": "gap_ids", "age": (20, 60),
    "vu": "never", "ald": True, "volet-forfait": "Autres accords", "volet-sobriete": "Et si…", "annee": 2024,
    "appel": "rendez_vous", "seance": "0123456789abcdef", "choix": "00112233445566ff", "tri": "age", "page": 2,
    "ecart": "classe", "classe": "N02BE01", "groupe": "75+ F ALD", "patient-ouvert": "0123456789abcdef",
    "mois": "vaccin_grippe",
    "volet-revenu": "ROSP", "volet-decisions": "Capitation", "volet-enveloppe": "Par contact",
    "volet-pertinence": "Environnement", "annee-pertinence": 2024, "objectif": "2",
    "etat": "up_to_date", "mois-de": "vaccin_ror", "mois-sur": 24, "bilan": "tous", "liste-de": "RDV", "lettre": True,
    "annee-forfait": 2025, "accord": "fpmt_2024", "chiffre": "plein", "depuis": "fpmt_2023", "optam": True,
    "annee-revenu": 2024, "annee-decisions": 2024, "annee-enveloppe": 2024, "annee-regles": 2024,
    "volet-comparaison": "Prévention", "acte": "vaccin_ror", "droits": True, "autre-annee": True, "et-si": "classe",
    "et-si-part": 0.5, "et-si-cas": "ipp", "et-si-classe": "A02BC01", "sujet": "forfait",
    "ligne": "socle ald", "ligne-revenu": "G.3000", "ligne-enveloppe": "vaccin_ror", "ligne-si": "IMT",
    "ligne-rosp": "hba1c", "ligne-capitation": "75+ ald", "ligne-contrat": "socle",
    "mois-contrat": "2025-03-01", "ligne-assistant": "liste", "ligne-patientele": "vaccin_grippe",
    "ligne-contact": "75+ ald", "ligne-verses": "socle", "volet-cabinet": "donum", "ligne-regles": "donum_points",
    "mesure-ouverte": "visite", "regle": ["vaccin_ror"],
    "mesure": ["antibiotiques"],
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
     ("indicateur", ["\u202e"]), ("et-si-part", ["nan"]), ("etat", ["due"]), ("dossier", ["/etc"])],
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


class Query(dict[str, list[str]]):
    """What stands after the question mark, as Streamlit gives it."""

    def get_all(self, name: str) -> list[str]:
        return super().get(name, [])

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return super().get(name, [default])[-1]

    def from_dict(self, said: dict[str, list[str]]) -> None:
        self.clear()
        self.update(said)


class Session(dict[str, object]):
    """What a session holds, as Streamlit gives it."""

    def to_dict(self) -> dict[str, object]:
        return dict(self)


def test_a_click_before_the_page_is_whole_keeps_the_filters_of_before(monkeypatch: pytest.MonkeyPatch):
    """The menu leaves the address bare; what was held is written there only at the end of the page."""
    state = Session()
    seen = SimpleNamespace(session_state=state, query_params=Query())
    monkeypatch.setattr(address, "st", seen)
    ald, contact = (next(part for part in address.PARTS if part.name == name) for name in ("ald", "contact"))
    address.adopt("prevention")
    state[ald.key] = True
    address.write("/a")
    assert seen.query_params["ald"] == ["oui"]
    for page in ("indicateurs", "prevention"):
        seen.query_params.clear()
        address.adopt(page)
    state[contact.key] = "vaccination"  # the page was not written yet
    address.adopt("prevention")
    assert (state[ald.key], state[contact.key]) == (True, "vaccination")
    address.write("/a")
    assert seen.query_params["ald"] == ["oui"]
    del seen.query_params["ald"]  # the back button
    address.adopt("prevention")
    assert state[ald.key] is False


@pytest.mark.slow
@pytest.mark.usefixtures("kept_caches")
def test_a_refresh_before_the_page_is_whole_keeps_the_filters(monkeypatch: pytest.MonkeyPatch):
    app = opened("prevention", medecin="M01", ald="oui")
    app.switch_page("pages/indicateurs.py").run()
    monkeypatch.setattr(address, "write", lambda folder: None)  # it stands at the end of a run
    app.query_params.clear()  # as the menu does
    app.switch_page("pages/prevention.py").run()
    assert "".join(app.query_params["ald"]) == "oui"
    assert "Seulement : en ALD" in words(app)


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


CHOICES = ("selectbox", "multiselect", "segmented_control", "pills", "radio", "toggle", "checkbox", "slider", "tabs")
ELSEWHERE = {
    "noms": "names are shown again at will, never by a link",
    "lettres_noms": "the same",
    "import_noms": "the same",
    "constat_quoi": "typed, then kept",
    "constat_choix": "typed, then kept",
    "document_retire": "opens a question",
    "ecrire_pour": "a dialog",
    "dossier_connu": "opens a folder, which the address then says",
    "import_ou": "what is being imported",
    "verse_part": "typed, then kept",
    "verse_efface": "the same",
    "et_si_patient": "a patient",
    "part_patient": "a patient",
    "groupe": "a server, on its own page",
    "groupe_acte": "the same",
    "ecran": "a room",
    "cabinet_de_tous": "a room",
    "accord_affirme": "a claim is read whole",
    "accord_remplace": "the same",
}
"""What is chosen and does not stand in the address, each with why; the lab has its own link."""


def test_what_is_chosen_on_a_page_stands_in_its_address():
    rooms = [file for file in (ROOT / "dashboard").rglob("*.py") if file.parent.name != "lab"]
    keys = {
        word.value.value
        for file in rooms
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHOICES
        for word in call.keywords
        if word.arg == "key" and isinstance(word.value, ast.Constant)
    }
    assert keys - {part.key for part in address.PARTS} - ELSEWHERE.keys() == set()
    assert ELSEWHERE.keys() - keys <= {"import_noms"}
    assert worklist_table.KEY not in {part.key for part in address.PARTS}  # what is clicked in it would be written over


@pytest.mark.slow
@pytest.mark.usefixtures("kept_caches")
def test_the_pay_and_the_method_are_found_again_by_their_address():
    app = opened("aujourdhui", medecin="M01", date="2026-06-30")
    assert "Ouvrir le forfait" in [link.proto.label for link in app.get("page_link")]
    app.switch_page("pages/forfait.py").run()
    in_force = {}
    for year in (2025, 2024, 2026):
        app.selectbox(key="annee_forfait").set_value(year).run()
        in_force[year] = app.selectbox(key="accord_forfait").value
    place = app.session_state["choice"].place
    assert in_force == {year: data.version_in_force(place, year) for year in in_force}
    app.segmented_control(key="chiffre").set_value("plein").run()
    app.session_state["onglet_forfait"] = "Autres accords"
    app.run()
    app.selectbox(key="depuis").set_value("fpmt_2023").run()
    app.selectbox(key="accord_forfait").set_value("option_1").run()
    address_ = {name: given[0] if isinstance(given, list) else given for name, given in app.query_params.items()}
    again = opened("forfait", **address_)
    for key in ("accord_forfait", "annee_forfait", "depuis"):
        assert again.selectbox(key=key).value == app.selectbox(key=key).value
    assert again.segmented_control(key="chiffre").value == "plein"
    app.switch_page("pages/methode.py").run()
    app.segmented_control(key="sujet").set_value("forfait").run()
    app.session_state["regles_ouvertes"] = ["fpmt_2024"]
    app.run()
    assert (app.query_params["sujet"], app.query_params["regle"]) == ("forfait", "fpmt_2024")
    again = opened("methode", sujet="forfait", regle="fpmt_2024")
    assert [box.label for box in again.expander if box.proto.expanded]
