"""What the verification found is on every page, and data too doubtful for a page are told in its place."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from tests import practice
from tests.dashboard.opening import PAGES, opened, told, words

pytestmark = pytest.mark.slow
PATIENTS = [(f"p{n}", f"{1940 + n}-03-01", "F") for n in range(20)]
DAYS = [date(2025, 1, 1) + timedelta(days=7 * n) for n in range(50)]
ACTS = [(f"p{n % 20}", day, "ngap", "G", 1, "d1", "01") for n, day in enumerate(DAYS)]
BOUGHT = [(f"p{n}", "2025-03-03", None, "C10AA05", 1, 700, "d1", "01") for n in range(20)]
NEED_PREVENTION = ("aujourdhui", "prevention", "indicateurs", "patient", "forfait", "scenarios")


@pytest.fixture(autouse=True)
def caches(kept_caches: None) -> None:
    """Shared by the tests."""


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tenth of the acts are of nobody."""
    acts = [*ACTS, *(("inconnu", "2025-03-03", "ngap", "G"),) * 5]
    to = tmp_path_factory.mktemp("doutes") / "d"
    return practice.write(to, patients=PATIENTS, acts=acts, deliveries=BOUGHT)


@pytest.fixture(scope="module")
def repeated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every delivery is there twice."""
    to = tmp_path_factory.mktemp("repetes") / "d"
    about = practice.dataset(covers_to=date(2025, 12, 31), extracted_on=date(2025, 12, 31))
    return practice.write(to, about, patients=PATIENTS, acts=ACTS, deliveries=[*BOUGHT, *BOUGHT])


@pytest.mark.parametrize("page", NEED_PREVENTION)
def test_a_page_shows_the_sentence_in_place_of_its_content(page: str, strangers: Path):
    app = opened(page, dossier=str(strangers))
    assert [fault.message for fault in app.exception] == []
    assert PAGES[page] not in [title.value for title in app.title]
    assert any("Données douteuses. Actes : 9" in said and "laissées de côté" in said for said in told(app.error))
    assert "--accept-doubts" not in words(app)


def test_the_reader_may_compute_all_the_same_for_the_visit(strangers: Path):
    app = opened("prevention", dossier=str(strangers))
    app.button(key="accepter_doutes").click().run()
    assert [fault.message for fault in app.exception] == []
    assert not app.error
    assert "Prévention" in [title.value for title in app.title]
    assert any(said.startswith("Vérification : ") and "laissées de côté" in said for said in told(app.caption))
    again = opened("prevention", dossier=str(strangers))
    assert again.error


def test_the_ratio_of_a_doubtful_year_is_told_and_may_be_asked_for(repeated: Path):
    app = opened("sobriete", dossier=str(repeated))
    assert [fault.message for fault in app.exception] == []
    assert any("en répètent une autre en tout point" in said for said in told(app.error))
    app.button(key="accepter_doutes").click().run()
    assert not app.error
    assert "patients fidèles vus" in words(app).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_in_one_line_what_was_verified(page: str, repeated: Path):
    said = [one for one in told(opened(page, dossier=str(repeated)).caption) if one.startswith("Vérification : ")]
    assert len(said) == 1
    assert "Délivrances, mars 2025 : 50 % des lignes" in said[0].replace("\u202f", " ").replace("\u00a0", " ")


def test_a_page_does_not_wait_for_the_verification_of_many_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(data, "MANY_LINES", 0)
    folder = practice.write(tmp_path / "d", patients=[("p1", "1950-03-01", "F")])
    said = [one for one in told(opened("prevention", dossier=str(folder)).caption) if one.startswith("Vérification")]
    assert said == ["Vérification en cours : elle sera dite ici."]
    for under_way in data._under_way.values():
        under_way.join(60)
    said = [one for one in told(opened("prevention", dossier=str(folder)).caption) if one.startswith("Vérification")]
    assert said[0].startswith("Vérification : rien d’anormal")


def test_a_verification_under_way_is_nothing_to_print(
    monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))

    def told_in(app: AppTest) -> list[str]:
        """Keys of the containers in which the line of the verification stands."""
        return [
            block.proto.id
            for block in blocks(app.main)
            if any(getattr(one, "value", "").startswith("Vérification") for one in block.children.values())
        ]

    assert not any("a_l_ecran" in key for key in told_in(opened("methode")))
    monkeypatch.setattr(data, "verified", lambda place: data.UNDER_WAY)
    assert any("a_l_ecran" in key for key in told_in(opened("methode")))


def blocks(block) -> Iterator:
    yield block
    for one in block.children.values():
        if hasattr(one, "children"):
            yield from blocks(one)
