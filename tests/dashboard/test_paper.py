"""Ctrl+P: what a person asked for is told in a line, and nothing that one clicks is on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.browsing import Watched, at_rest
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.whole import one_in

pytestmark = pytest.mark.browser
FIELDS = ("Selectbox", "MultiSelect", "Slider", "Checkbox", "ButtonGroup", "Radio", "DateInput", "Button", "Popover")
IN_SIGHT = f"""() => [...document.querySelectorAll('{", ".join(f"[data-testid=st{name}]" for name in FIELDS)}')]
  .filter(one => one.checkVisibility()).map(one => one.innerText)"""


@pytest.fixture(scope="module")
def tab(tab: Watched, server: Server) -> Watched:
    """Each goes on by the menu from where the one before was."""
    tab.page.goto(server.address)
    tab.read(PAGES[HOME])
    return tab


def printed(page: Page) -> str:
    """The line of what is asked for, on paper, where nothing one clicks is in sight; and back to the screen."""
    page.emulate_media(media="print")
    line = page.locator(".reglages-imprimes")
    expect(line).to_be_visible()
    said = line.inner_text().replace("\u00a0", " ")
    assert page.evaluate(IN_SIGHT) == []
    assert page.locator("details:not([open]) summary").filter(visible=True).count() == 0, "nothing to open on paper"
    assert (
        page.get_by_text("Copier le lien").all_inner_texts() == []
        or not page.get_by_text("Copier le lien").is_visible()
    )
    page.emulate_media(media="screen")
    expect(line).to_have_count(0)
    return said


@pytest.mark.whole
def test_the_list_is_printed_with_its_filters_in_words(watched: Watched):
    page = watched.page
    watched.by_the_menu("prevention")
    page.get_by_text("Autres filtres, ordre").click()
    page.get_by_text("En ALD", exact=True).click()
    page.wait_for_url(re.compile("ald=oui"))
    page.keyboard.press("Escape")
    at_rest(page)
    said = printed(page)
    assert said.startswith("Médecin : M01")
    assert "Au : 30/06/2026" in said
    assert "contacts" not in said, "what the page tells in words of its own is told once"
    page.emulate_media(media="print")
    line = page.locator("p.sur-papier").get_by_text("Liste :")
    expect(line).to_be_visible()
    assert line.inner_text().replace("\u00a0", " ") == "Liste : à faire aujourd’hui, en ALD ; ordre des appels."


def test_each_page_is_printed_with_what_was_asked_of_it_and_no_field(watched: Watched):
    asked = (
        ("sobriete", ("Année : 2025",)),
        ("forfait", ("Année payée : 2026", "Détailler : Acquis")),
        ("pertinence", ("Année : 2025", "Objectif : ")),
        ("revenu", ("Année : 2025",)),
        ("scenarios", ("Comparé à : FPMT 2024", "Voir : ", "Partir de : FMT signé")),
    )
    for name, told in one_in(3, asked):
        watched.by_the_menu(name)
        if name == "scenarios":
            page = watched.page
            page.get_by_test_id("stMain").get_by_text("Cette liste", exact=True).click()
            expect(page.get_by_text("Copier le lien")).to_be_visible()
            at_rest(page)
        said = printed(watched.page)
        assert all(part in said for part in told), (name, said)
    watched.page.get_by_text("Par patient", exact=True).first.click()
    field = watched.page.get_by_role("textbox", name="80 ans et plus, en ALD").first
    field.fill("120")
    field.press("Enter")
    changed = watched.page.locator("p.sur-papier").get_by_text("changé")
    expect(changed).to_have_count(1, timeout=60_000)
    assert "100 → 120" in changed.text_content()
