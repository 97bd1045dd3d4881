"""The economy of a practice in a real browser, from the menu: no fault, and from a list to the calls."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.dashboard.serving.server import Server
from tests.dashboard.test_browser import Watched, browser, server

pytestmark = pytest.mark.browser
__all__ = ["browser", "server"]
SECONDS = 20_000
PAGES = {
    "Revenu": "Revenu du cabinet", "Décisions": "Décisions", "Enveloppe": "Enveloppe de prévention",
    "Règles à respecter": "Règles à respecter", "Mon cabinet": "Mon cabinet", "Listes": "Listes",
}  # fmt: skip


@pytest.fixture
def watched(browser: Browser, server: Server) -> Iterator[Watched]:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
    context.add_cookies([server.cookie])
    yield Watched(context.new_page())
    context.close()


def settled(watched: Watched, title: str) -> None:
    expect(watched.page.get_by_role("heading", level=1)).to_have_text(title, timeout=SECONDS)
    expect(watched.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=SECONDS)
    assert watched.faults == []


def test_each_page_opens_from_the_menu_and_a_list_opens_the_calls(server: Server, watched: Watched):
    page = watched.page
    page.goto(server.address)
    settled(watched, "Aujourd’hui")
    for name, title in PAGES.items():
        page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(rf"{name}$")).click()
        settled(watched, title)
    link = page.locator("[data-testid=stPageLink] a", has_text="Appeler ces patients")
    behind = int(re.sub(r"\D", "", link.inner_text()))
    link.click()
    settled(watched, "Prévention")
    expect(page.get_by_test_id("stMain").get_by_text(re.compile(rf"^{behind}\s+patients?"))).to_be_visible(
        timeout=SECONDS
    )
