"""How a test looks at the program in a real browser: the browser, a page and what went wrong on it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Download, Error, Locator, Page, Playwright, expect

from tests.dashboard.opening import PAGES
from tests.dashboard.serving.server import ROOM, Server
from tests.machine import for_a_browser

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
STILL = """() => new Promise(then => {
  const start = performance.now()
  let last = start
  const watch = new MutationObserver(() => last = performance.now())
  watch.observe(document.body, {subtree: true, childList: true, characterData: true})
  const look = () => {
    const now = performance.now(), waits = document.querySelector('[data-testid=stSkeleton]')
    if ((now - last < 150 || waits) && now - start < 3000) return setTimeout(look, 50)
    watch.disconnect()
    then()
  }
  look()
})"""
"""Ends when nothing was drawn for a moment and nothing is still to be; after three seconds at the latest."""
NO_BROWSER = "Aucun navigateur Chromium ou Chrome : les essais dans le navigateur ne sont pas faits (no browser found)."


def launch(playwright: Playwright, *more: str) -> Browser:
    """The system's browser, else Playwright's own; in CI there must be one."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=[*QUIET, *more], env=for_a_browser())
    except Error:
        if os.environ.get("CI"):
            raise
        pytest.skip(NO_BROWSER)  # tests/conftest.py says it aloud at the end


def at_rest(page: Page, milliseconds: int = 60_000) -> None:
    """Wait until no script runs: the sign that one does appears late, and not at all for a short one."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=milliseconds)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=milliseconds)


def settled(page: Page) -> None:
    """A click has asked for a run by the second frame; once it has ended, what it says is drawn, and moves no more."""
    page.evaluate("() => new Promise(then => requestAnimationFrame(() => requestAnimationFrame(then)))")
    at_rest(page)
    page.evaluate(STILL)


def downloaded(page: Page, button: Locator) -> Download:
    """What is behind a button. One that is pressed while its place is still being drawn hears nothing of it."""
    settled(page)
    with page.expect_download(timeout=60_000) as given:
        button.click()
    return given.value


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
        """Wait for the whole page, then demand that nothing went wrong, and that it tells of nothing wrong."""
        self.arrived(title)
        assert self.page.locator(FAULTS).all_inner_texts() == []

    def arrived(self, title: str | re.Pattern[str]) -> None:
        """The same of a page that may say that something is wrong."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
        at_rest(self.page)
        assert self.faults == []


@contextmanager
def one_tab(browser: Browser, server: Server, width: int = 1280, height: int = 720) -> Iterator[Watched]:
    """Of a browser that has opened the address of the server once. The tests of a module come one after the other in one
    tab: a new browser each would read the program's scripts again, half of what a first page costs."""
    context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": height})
    context.add_cookies([server.cookie])
    yield Watched(context.new_page())
    context.close()


def open_folder(watched: Watched, folder: str) -> None:
    """Type the path of a folder where a person does."""
    watched.page.get_by_test_id("stSidebarNav").get_by_text("Données", exact=True).click()
    expect(watched.page.locator(FAULTS)).to_have_count(0, timeout=20_000)  # what was said of the one before
    watched.read("Données")
    watched.page.get_by_role("textbox", name="Dossier de données").fill(folder)
    watched.page.get_by_role("button", name="Ouvrir", exact=True).click()
