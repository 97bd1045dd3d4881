"""Who cannot see well, has no mouse or has the page read aloud: no page fails a rule of WCAG at level AA, in light and dark,
on a wide screen, a telephone and at 200 %."""

from importlib.resources import files

import pytest
from playwright.sync_api import Browser

from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.dashboard.test_browser import browser, server  # noqa: F401
from tests.dashboard.test_words import settled, visited

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  const found = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, node.html.slice(0, 150), node.failureSummary]))
}"""
SCREENS = {"wide": (1280, 720), "telephone": (390, 844), "at 200 %": (640, 360)}


@pytest.mark.parametrize(
    ("screen", "scheme", "whole"), [("wide", "light", True), ("telephone", "dark", False), ("at 200 %", "light", False)]
)
def test_no_page_fails_a_rule(browser: Browser, server: Server, screen: str, scheme: str, whole: bool):  # noqa: F811
    """`whole`: with its tabs and sections open."""
    width, height = SCREENS[screen]
    context = browser.new_context(
        locale="fr-FR", viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_cookies([server.cookie])
    page, found = context.new_page(), []
    for name in PAGES:
        page.goto(f"{server.address}/{'' if name == HOME else name}")
        page.wait_for_selector("h1", timeout=30_000)
        page.evaluate(AXE)
        for _ in visited(page) if whole else [settled(page)]:
            found += [(name, *fault) for fault in page.evaluate(RUN)]
    context.close()
    assert found == []
