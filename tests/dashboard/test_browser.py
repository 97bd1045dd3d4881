"""The real program in a real browser: every page, no fault, no console error, nothing asked outside this computer."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, Playwright, expect, sync_playwright

from dashboard import shipped
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import ROOM, Server, serving
from tests.machine import for_a_browser
from tests.whole import one_in

pytestmark = pytest.mark.browser

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""The first is the same without windows: a sixth less of processor time."""
ABSENT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # a hidden page, drawn for every window there is
    *("HttpsUpgrades", "MediaRouter", "OptimizationHints", "PaintHolding"),
)
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", f"--host-resolver-rules=MAP {ROOM} 127.0.0.1"),
    f"--disable-features={','.join(ABSENT)}",
]
BRIEF = "--js-flags=--no-opt"
"""No page of a test lives long enough for its scripts to be worth optimising; one that is timed does."""
FAULTS = "[data-testid=stException], [data-testid=stAlertContentError]"
NO_BROWSER = "Aucun navigateur Chromium ou Chrome : les essais dans le navigateur ne sont pas faits (no browser found)."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright, BRIEF)
        yield opened
        opened.close()


def launch(playwright: Playwright, *more: str) -> Browser:
    """The system's browser, else Playwright's own; in CI there must be one."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=[*QUIET, *more], env=for_a_browser())
    except Error:
        if os.environ.get("CI"):
            raise
        pytest.skip(NO_BROWSER)  # tests/conftest.py says it aloud at the end


@pytest.fixture(scope="session")
def calm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same for all modules that need no more than the pages: see `calm.py`."""
    with serving(shipped.PRACTICES, tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


def at_rest(page: Page, milliseconds: int = 60_000) -> None:
    """Wait until no script runs: the sign that one does appears late, and not at all for a short one."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=milliseconds)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=milliseconds)


def first_action(page: Page) -> Locator:
    """The link of the first card: those of the others may be drawn before it."""
    return page.locator("[class*=st-key-action_]").first.get_by_test_id("stPageLink-NavLink")


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults, self.hosts = page, [], {"127.0.0.1"}
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("request", self.asked)

    def anew(self) -> "Watched":
        """As the next test is given it, whatever became of the one before."""
        self.page.emulate_media(media="screen")
        self.faults.clear()
        return self

    def asked(self, request) -> None:
        where = urlparse(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.hostname not in self.hosts:
            self.faults.append(f"asked outside: {request.url}")

    def by_the_menu(self, name: str) -> None:
        self.page.get_by_test_id("stSidebarNav").locator(f"a[href*='/{name}']").click()
        self.read(PAGES[name])

    def read(self, title: str) -> None:
        """Wait for the whole page, then demand that nothing went wrong."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
        at_rest(self.page)
        assert self.page.locator(FAULTS).all_inner_texts() == []
        assert self.faults == []


@contextmanager
def one_tab(browser: Browser, server: Server, width: int = 1280, height: int = 720) -> Iterator[Watched]:
    """Of a browser that has opened the address of the server once. The tests of a module come one after the other in one
    tab: a new browser each would read the program's scripts again, half of what a first page costs."""
    context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": height})
    context.add_cookies([server.cookie])
    yield Watched(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def server(calm_server: Server) -> Server:
    return calm_server


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[Watched]:
    with one_tab(browser, server, 1400, 900) as tab:
        yield tab


@pytest.fixture
def watched(tab: Watched) -> Watched:
    return tab.anew()


def test_the_first_visit_may_be_a_link_and_its_choice_follows_from_page_to_page(server: Server, watched: Watched):
    watched.page.goto(f"{server.address}/prevention?{urlencode({'medecin': 'M03', 'date': '2025-12-31'})}")
    watched.read("Prévention")
    assert watched.page.locator("html").get_attribute("lang") == "fr"
    expect(watched.page.get_by_role("combobox", name="Médecin")).to_have_value(re.compile("M03"))
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Patient", exact=True).click()
    watched.read("Patient")
    url = parse_qs(urlparse(watched.page.url).query)
    assert url == {"medecin": ["M03"], "date": ["2025-12-31"]}, "a patient never enters the address"
    expect(watched.page.get_by_role("combobox", name="Médecin")).to_have_value(re.compile("M03"))


def open_folder(watched: Watched, folder: str) -> None:
    """Type the path of a folder where a person does."""
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Données", exact=True).click()
    expect(watched.page.locator(FAULTS)).to_have_count(0, timeout=20_000)  # what was said of the one before
    watched.read("Données")
    watched.page.get_by_role("textbox", name="Dossier de données").fill(folder)
    watched.page.get_by_role("button", name="Ouvrir", exact=True).click()


def test_a_folder_is_opened_by_its_path_alone_and_its_pages_read_by_the_menu(
    server: Server, record: Path, watched: Watched
):
    page = watched.page
    page.goto(f"{server.address}/?{urlencode({'dossier': str(record)})}")
    watched.read("Aujourd’hui")
    expect(page.get_by_text("un lien n’ouvre jamais un dossier")).to_be_visible()
    expect(page.get_by_text("Données fictives").first).to_be_visible()
    assert page.get_by_text("Historique des remboursements").count() == 0
    open_folder(watched, "/absent")
    expect(page.get_by_test_id("stAlert")).to_contain_text("dataset.toml", timeout=20_000)
    assert page.get_by_test_id("stException").count() == 0
    open_folder(watched, str(record))
    expect(page.get_by_text("Historique des remboursements").first).to_be_visible()
    for name in one_in(4, [name for name in PAGES if name != HOME]):  # all are opened on a record by test_pages.py
        watched.by_the_menu(name)
        expect(page.get_by_text("Historique des remboursements").first).to_be_visible()
    assert str(record) not in page.url
    page.reload()
    watched.read(PAGES[name])
    expect(page.get_by_text("Historique des remboursements").first).to_be_visible()


def test_the_address_said_at_the_start_opens_it_and_a_page_without_it_says_how(server: Server, browser: Browser):
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{server.address}/prevention")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce tableau de bord est privé")
    page.get_by_label("Collez ici cette adresse").fill(server.opening)
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aujourd’hui", timeout=20_000)
    assert server.token not in page.url
    context.close()


def test_a_measure_of_relevance_opens_to_its_patients_in_one_click(server: Server, watched: Watched):
    watched.page.goto(server.address)
    watched.read("Aujourd’hui")
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Pertinence", exact=True).click()
    watched.read("Pertinence des prescriptions")
    watched.page.get_by_text("Les patients et les lignes").first.click()
    expect(watched.page.get_by_role("region", name="Patients de la mesure")).to_be_visible(timeout=20_000)
    watched.read("Pertinence des prescriptions")


@pytest.mark.parametrize(
    ("page", "title", "first"),
    [
        ("prevention", "Prévention", "Où en est la liste"),
        ("sobriete", "Sobriété des prescriptions", "Dépense observée / attendue"),
    ],
)
def test_a_practice_is_presented_from_the_button_one_idea_a_screen(
    server: Server, watched: Watched, page: str, title: str, first: str
):
    shown = watched.page
    shown.set_viewport_size({"width": 1280, "height": 720})
    shown.goto(f"{server.address}/{page}?{urlencode({'medecin': 'M09'})}")
    watched.read(title)
    shown.get_by_role("button", name="Présenter").click()
    bar = shown.get_by_role("navigation").filter(has_text="Cabinet suivant (M)")
    expect(bar).to_contain_text("1 / 4 · M09", timeout=20_000)
    in_sight = shown.locator("[class*=st-key-diapo_] h1:visible")
    expect(in_sight).to_have_text(first)
    assert shown.get_by_test_id("stSidebar").is_hidden()
    titles = []
    for _ in range(4):
        titles += in_sight.all_inner_texts()
        shown.keyboard.press("ArrowRight")
    assert len(set(titles)) == 4
    said = shown.locator("[class*=st-key-diapo_]").all_inner_texts()
    assert [one for one in said if re.search(r"M\d\d-\d{4}", one)] == []
    size = shown.locator(".st-key-diapo_4 [data-testid=stMarkdownContainer] li").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size >= 28
    shown.keyboard.press("Home")
    figure = shown.locator(".st-key-diapo_1 h2").inner_text()
    shown.keyboard.press("m")
    expect(bar).to_contain_text("1 / 4 · M10", timeout=20_000)
    expect(shown.locator(".st-key-diapo_1 h2")).not_to_have_text(figure, timeout=20_000)
    shown.keyboard.press("r")
    shown.reload()
    expect(bar).to_contain_text("1 / 4 · M10", timeout=20_000)
    shown.get_by_role("button", name="Quitter").click()
    expect(shown.locator("[class*=st-key-diapo_]")).to_have_count(0, timeout=20_000)
    watched.read(title)
    expect(shown.get_by_role("combobox", name="Médecin")).to_have_value(re.compile("M10"))
