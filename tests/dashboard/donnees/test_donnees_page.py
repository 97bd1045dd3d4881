"""The page *Données* as a script: what it says of the folder that is open, and that nothing on it is a fault."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from calculators.records import practice, recents
from dashboard.donnees import deposit as deposits
from dashboard.donnees import in_words
from dashboard.serving import visits
from tests.dashboard.donnees.files import HISTORY, WRONG, Dropped, workbook
from tests.dashboard.opening import opened, told, words
from tests.records.documents import document, number_of, person

pytestmark = pytest.mark.slow

BIRTH = date(1960, 2, 1)


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))
    monkeypatch.setattr(recents.platformdirs, "user_state_path", lambda _: tmp_path / "etat")
    yield
    deposits._held.clear()
    visits.end_all()


@pytest.fixture
def cabinet(tmp_path: Path) -> Path:
    maries = [person("Dupont", "Marie", BIRTH, "F", number=number_of(BIRTH, "F", order)) for order in (1, 2)]
    practice.add(
        tmp_path / "cabinet",
        [document(f"marie {place}", one, acts=[("2025-04-02", "ngap", "G")]) for place, one in enumerate(maries)],
        doctor="dr-ardant",
    )
    return tmp_path / "cabinet"


def test_a_folder_of_tables_says_what_each_result_can_do():
    said = words(opened("donnees"))
    assert "480 patients. Fait de tables, sans documents importés." in said.replace("\u00a0", " ")
    for name in ("Prévention", "Sobriété", "Forfait"):
        assert f"**{name}** :" in said


def test_without_any_folder_the_page_is_there_and_the_others_lead_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(tmp_path / "absent"))
    app = opened("donnees")
    assert [title.value for title in app.title] == ["Données"]
    assert "n’est pas un dossier de données" in told(app.error)[0]
    assert not app.exception
    other = opened("aujourdhui")
    assert [link.proto.label for link in other.get("page_link")][-1] == "Ouvrir la page Données"


def test_two_cards_are_asked_without_their_names_until_these_are_shown(cabinet: Path):
    app = opened("donnees", dossier=str(cabinet))
    assert "Deux fiches, un seul patient ?" in words(app)
    assert "DUPONT" not in words(app)
    app.toggle(key="noms_des_paires").set_value(True).run()
    assert "**DUPONT Marie**" in words(app)
    app.button(key="meme_0").click().run()
    assert "1 patient. Fait de" in words(app).replace("\u00a0", " ")
    assert practice.questions(cabinet) == []
    app.button(key="revenir_0").click().run()
    assert len(practice.questions(cabinet)) == 1


def test_files_that_wait_are_shown_to_a_new_session_with_names_hidden(tmp_path: Path):
    deposits.drop([HISTORY, Dropped("patients.xlsx", workbook(4)), *WRONG], None, lambda work: work())
    app = opened("donnees")
    assert not app.exception
    assert "1 historique des remboursements (CDA)." in words(app)
    [shown] = [one.value for one in app.dataframe if "Nom" in " ".join(map(str, one.value.columns))]
    assert set(shown.iloc[:, 0]) == {in_words.HIDDEN}
    app.radio(key="import_ou").set_value("Dans un nouveau dossier").run()
    app.text_input(key="import_chemin").set_value("relatif").run()
    app.button(key="importer").click().run()
    assert any("chemin complet" in sentence for sentence in told(app.error))
    app.button(key="abandonner").click().run()
    assert deposits.current() is None


def test_a_path_that_is_no_folder_is_a_sentence_and_the_folder_stays(cabinet: Path):
    app = opened("donnees", dossier=str(cabinet))
    app.text_input(key="chemin").set_value("/absent")
    next(one for one in app.button if one.label == "Ouvrir").click().run()
    assert any("« /absent » n’est pas un dossier de données" in sentence for sentence in told(app.error))
    assert "Fait de" in words(app)
