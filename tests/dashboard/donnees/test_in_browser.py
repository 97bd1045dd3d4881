"""The page *Données* as a person uses it: drop, say, import, see the board; refresh, withdraw, erase; wrong files."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from dashboard import shipped
from tests.dashboard.browsing import Watched
from tests.dashboard.donnees.files import HISTORY, WRONG, Dropped, asked_list, workbook
from tests.dashboard.serving.server import Server, serving

pytestmark = pytest.mark.browser
SECONDS = 60_000
MARIE = "Nom;Prénom;Date de naissance;Sexe;NIR\nDUPONT;Marie;01/02/1960;F;{}\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A person's own folders: nothing is remembered, nothing written elsewhere. Each test leaves them as they
    were; the last on this server keeps what it imported."""
    here = tmp_path_factory.mktemp("personne")
    (here / "Documents").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name, place in (("HOME", ""), ("XDG_STATE_HOME", "etat"), ("XDG_CACHE_HOME", "cache")):
            patch.setenv(name, str(here / place))
        yield here


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with serving(shipped.PRACTICES, home, ahead=False) as server:
        yield server


def to_the_page(watched: Watched, server: Server) -> Page:
    """By the menu, from the first page."""
    watched.page.goto(server.address)
    watched.read("Aujourd’hui")
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Données", exact=True).click()
    watched.read("Données")
    again = watched.page.get_by_role("button", name="Ajouter d’autres fichiers")
    if again.count():  # what the test before imported is still told
        again.click()
        watched.read("Données")
    return watched.page


def drop(page: Page, *files: Dropped) -> None:
    """Files in the field, until they have been looked at."""
    given = [{"name": one.name, "mimeType": "", "buffer": one.content} for one in files]
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(given)
    expect(page.get_by_text(re.compile(r"fichiers? reçus?"))).to_be_visible(timeout=SECONDS)


def import_them(page: Page) -> None:
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text(re.compile(r"documents? ajoutés?")).first).to_be_visible(timeout=SECONDS)


def test_from_a_list_to_the_board_and_back_to_nothing(watched: Watched, server: Server, home: Path):
    page = to_the_page(watched, server)
    drop(page, Dropped("patients.xlsx", workbook(60)), HISTORY)
    expect(page.get_by_text("1 historique des remboursements (CDA).")).to_be_visible()
    expect(page.get_by_text("liste de patients", exact=False).first).to_be_visible()
    page.get_by_role("textbox", name="Médecin traitant").fill("10101010101")
    page.get_by_role("textbox", name="Médecin traitant").press("Tab")
    import_them(page)
    folder = home / "Documents" / "tableau-mt"
    assert folder.stat().st_mode & 0o777 == 0o700
    expect(page.get_by_role("combobox", name="Médecin")).to_have_value("10101010101")
    assert str(folder) not in page.url
    page.reload()
    watched.read("Données")
    expect(page.get_by_text("2 documents ajoutés").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"61.patients sur la liste"))).to_be_visible()
    page.get_by_role("link", name="Voir mes patients").click()
    watched.read("Prévention")
    expect(page.get_by_text(re.compile(r"dans l’ordre des appels")).first).to_be_visible()
    withdraw_and_erase(watched, page, folder)


def pick(page: Page, field: str, choice: str) -> None:
    """In a list that is still unfolding, and does not open at the first click."""
    option = page.get_by_role("option", name=re.compile(choice))
    for _ in range(10):
        page.get_by_role("combobox", name=field).click()
        page.wait_for_timeout(700)
        if option.count():
            break
    option.click()


def withdraw_and_erase(watched: Watched, page: Page, folder: Path) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text("Données", exact=True).click()
    watched.read("Données")
    page.get_by_text("Retirer un document").click()
    pick(page, "Document", "historique.xml")
    page.get_by_role("button", name="Retirer ce document du dossier").click()
    expect(page.get_by_text("« historique.xml » est retiré")).to_be_visible(timeout=SECONDS)
    erase = page.get_by_role("button", name="Effacer tout le dossier")
    erase.click()
    expect(page.get_by_text("Rien n’a été effacé")).to_be_visible(timeout=SECONDS)
    page.get_by_role("textbox", name=re.compile("tapez le nom du dossier")).fill("tableau-mt")
    erase.click()
    expect(page.get_by_text("est effacé : données")).to_be_visible(timeout=SECONDS)
    assert not folder.exists()
    expect(page.get_by_text("Données fictives").first).to_be_visible()
    assert watched.faults == []


def test_wrong_files_are_named_one_by_one_and_do_not_stop_the_good_one(watched: Watched, server: Server, home: Path):
    page = to_the_page(watched, server)
    only_bad_ones_can_be_given_up(watched, page)
    drop(page, *WRONG)
    main = page.get_by_test_id("stMain")
    for one in WRONG:
        expect(main.get_by_text(one.name).first).to_be_visible()
    page.reload()
    watched.read("Données")
    expect(page.get_by_text("5 fichiers reçus")).to_be_visible()
    drop(page, HISTORY)
    expect(page.get_by_text("6 fichiers reçus")).to_be_visible(timeout=SECONDS)
    page.get_by_text("Pour cette visite seulement").click()
    import_them(page)
    expect(page.get_by_text("« bizarre.xlsx » n’est pas une liste reconnue")).to_be_visible()
    assert not (home / "Documents" / "tableau-mt").exists()
    page.reload()
    watched.read("Données")
    expect(page.get_by_text("pour cette visite seulement").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Fermer et effacer")).click()
    expect(page.get_by_text("Données fictives").first).to_be_visible(timeout=SECONDS)
    text = main.inner_text()
    assert not re.search(r"\b(error|file|upload|browse|drag|limit|none)\b", text, re.IGNORECASE), text


def only_bad_ones_can_be_given_up(watched: Watched, page: Page) -> None:
    drop(page, *WRONG[:4])
    expect(page.get_by_text("Aucun de ces fichiers ne peut être lu")).to_be_visible()
    assert page.get_by_role("button", name="Importer", exact=True).count() == 0
    page.get_by_role("button", name="Abandonner ces fichiers").click()
    expect(page.get_by_text("Déposez ce que vous avez")).to_be_visible(timeout=SECONDS)
    watched.read("Données")


def pick_once_settled(page: Page, box: re.Pattern[str], option: str) -> None:
    """From a list that closes when the page is drawn again under it: once more, then."""
    for _ in range(6):
        with suppress(Error):
            page.get_by_role("combobox", name=box).click(timeout=5000)
            page.get_by_role("option", name=option).first.click(timeout=3000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"« {option} » cannot be picked")


def test_a_column_is_said_and_two_cards_are_one_patient(watched: Watched, server: Server, home: Path):
    page = to_the_page(watched, server)
    numbers = ("260023500100131", "260023500100228")
    lists = [Dropped(f"marie{place}.csv", MARIE.format(one).encode()) for place, one in enumerate(numbers)]
    drop(page, Dropped("export.csv", asked_list()), *lists)
    expect(page.get_by_text("DUPONT")).to_have_count(0)
    pick_once_settled(page, re.compile("Zzz"), "date de naissance")
    expect(page.get_by_text("À préciser")).to_have_count(0, timeout=SECONDS)
    import_them(page)
    expect(page.get_by_text("12 patients dans le dossier")).to_be_visible()
    page.get_by_role("button", name="Un seul patient").click()
    expect(page.get_by_text("1 réponse donnée")).to_be_visible(timeout=SECONDS)
    watched.read("Données")
    assert "zzz" in (home / "Documents" / "tableau-mt" / "mapping.toml").read_text().lower()


def test_a_server_without_data_leads_to_the_page(browser: Browser, home: Path):
    (home / "mon cabinet").mkdir()
    with serving(home / "mon cabinet", home, ahead=False) as server:
        context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 800})
        context.add_cookies([server.cookie])
        page = context.new_page()
        page.goto(server.address)
        page.get_by_role("link", name="Ouvrir la page Données").click()
        drop(page, HISTORY)
        expect(page.get_by_role("textbox", name="Chemin du dossier")).to_have_value(str(home / "mon cabinet"))
        import_them(page)
        assert (home / "mon cabinet" / "identities.parquet").exists()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        context.close()
