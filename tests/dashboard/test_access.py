"""Who cannot see well, has no mouse or has the page read aloud: no page fails a rule of WCAG at level AA on a telephone, in
dark, and at 200 %. On a wide screen in light, with all that opens open: `test_words.py`."""

import pytest
from playwright.sync_api import Browser

from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.dashboard.test_browser import browser, server  # noqa: F401
from tests.dashboard.test_words import AXE, RULES, settled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height", "scheme"), [(390, 844, "dark"), (640, 360, "light"), (1280, 720, "dark")])
def test_no_page_fails_a_rule(browser: Browser, server: Server, width: int, height: int, scheme: str):  # noqa: F811
    context = browser.new_context(
        locale="fr-FR", viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_cookies([server.cookie])
    page, found = context.new_page(), []
    for name in PAGES:
        page.goto(f"{server.address}/{'' if name == HOME else name}")
        page.wait_for_selector("h1", timeout=30_000)
        settled(page)
        page.evaluate(AXE)
        found += [(name, *fault) for fault in page.evaluate(RULES)]
    context.close()
    assert found == []
