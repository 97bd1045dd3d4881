"""The real program in a real browser: every page, no fault, no console error, nothing asked outside this computer."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.browsing import Watched, open_folder
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.whole import one_in

pytestmark = pytest.mark.browser


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
