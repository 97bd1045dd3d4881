"""The economy of a practice in a real browser, from the menu: no fault, from a list to the calls, and what is typed."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect

from tests.dashboard.browsing import Watched, at_rest, one_tab
from tests.dashboard.serving.server import Server, serving
from tests.whole import one_in

pytestmark = pytest.mark.browser
SECONDS = 60_000
PAGES = {
    "Revenu": "Revenu du cabinet", "Décisions": "Décisions", "Enveloppe": "Enveloppe de prévention",
    "Règles à respecter": "Règles à respecter", "Mon cabinet": "Mon cabinet", "Listes": "Listes",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """On practices that may be written."""
    own = shutil.copytree(practices, tmp_path_factory.mktemp("cabinet") / "donnees")
    with serving(own, tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[Watched]:
    """Each goes on by the menu from where the one before was."""
    with one_tab(browser, server, 1280, 900) as tab:
        tab.page.goto(server.address)
        tab.arrived("Aujourd’hui")
        yield tab


def at(watched: Watched, name: str) -> None:
    link = watched.page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(rf"{name}$"))
    link.click()
    watched.arrived(PAGES[name])


def test_each_page_opens_from_the_menu_and_a_list_opens_the_calls(watched: Watched):
    """All pages are read by the menu in `test_words.py` too."""
    page = watched.page
    for name in one_in(len(PAGES), list(PAGES)):
        at(watched, name)
    link = page.locator("[data-testid=stPageLink] a", has_text="Appeler ces patients")
    behind = int(re.sub(r"\D", "", link.inner_text()))
    link.click()
    watched.arrived("Prévention")
    expect(page.get_by_test_id("stMain").get_by_text(re.compile(rf"^{behind}\s+patients?"))).to_be_visible(
        timeout=SECONDS
    )


def test_a_french_number_typed_of_the_practice_is_used_elsewhere_and_a_wrong_one_is_refused(watched: Watched):
    page = watched.page
    at(watched, "Mon cabinet")
    page.get_by_role("tab", name="Versements reçus").click()
    page.get_by_role("textbox", name="Mois du versement", exact=True).fill("04/2025")
    page.get_by_role("textbox", name="Somme reçue, en euros", exact=True).fill("1 234,50")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text(re.compile(r"Enregistré\s: 1\svaleur changée"))).to_be_visible(timeout=SECONDS)
    page.get_by_role("tab", name="Assistant").click()
    page.get_by_role("textbox", name=re.compile("^Assistant médical, en équivalent")).fill("beaucoup")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"beaucoup.+Attendu"))).to_be_visible(timeout=SECONDS)
    at(watched, "Revenu")
    page.get_by_role("tab", name="Versements reçus").click()
    expect(page.get_by_role("table").get_by_text(re.compile(r"^1\s234,50\s€$"))).to_be_visible(timeout=SECONDS)


def test_what_a_page_asks_for_is_typed_one_click_away_in_its_tab_and_back(watched: Watched):
    page = watched.page
    at(watched, "Décisions")
    page.get_by_role("tab", name="Assistant médical").click()
    at_rest(page, SECONDS)
    page.locator("[data-testid=stPageLink] a", has_text="Renseigner dans Mon cabinet").click()
    watched.arrived("Mon cabinet")
    expect(page.get_by_role("tab", name="Assistant")).to_have_attribute("aria-selected", "true", timeout=SECONDS)
    expect(page.get_by_role("textbox", name=re.compile("^Assistant médical, en équivalent"))).to_be_visible()
    page.go_back()
    watched.arrived("Décisions")
    expect(page.get_by_role("tab", name="Assistant médical")).to_have_attribute(
        "aria-selected", "true", timeout=SECONDS
    )


def test_a_figure_of_the_variant_opens_to_a_patient_in_two_clicks_and_back(watched: Watched):
    page = watched.page
    at(watched, "Enveloppe")
    page.get_by_role("tab", name="Selon la patientèle").click()
    figures = page.get_by_role("combobox", name=re.compile("Ouvrir un indicateur à ses profils"))
    expect(figures).to_be_visible(timeout=SECONDS)
    at_rest(page, SECONDS)
    second = page.get_by_role("option").nth(1)
    for _ in range(5):  # what is still being drawn closes the list
        figures.click()
        with suppress(TimeoutError):
            second.click(timeout=5000)
            break
    at_rest(page, SECONDS)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2, timeout=SECONDS)
    at_rest(page, SECONDS)
    grid = page.get_by_test_id("stDataFrame").last
    grid.scroll_into_view_if_needed()
    at_rest(page, SECONDS)
    grid.locator(".dvn-scroller").click(position={"x": 20, "y": 55})
    watched.arrived("Patient")
    page.go_back()
    watched.arrived("Enveloppe de prévention")
    expect(page.get_by_role("tab", name="Selon la patientèle")).to_have_attribute(
        "aria-selected", "true", timeout=SECONDS
    )
