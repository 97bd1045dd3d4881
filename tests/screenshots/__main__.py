"""Takes the pictures of the README anew, in a real browser, on the fictitious practices, from what a person clicks.

    python -m tests.screenshots [FOLDER]

FOLDER: where the PNG files go, beside this file when it is not given.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dashboard import shipped
from tests.dashboard.browsing import at_rest, first_action, launch
from tests.dashboard.serving.server import serving

SIZE = {"width": 1280, "height": 720}
SECONDS = 180_000


def settled(page: Page) -> None:
    """Nothing runs any more, and what is drawn is drawn."""
    page.wait_for_timeout(600)
    at_rest(page, SECONDS)
    page.wait_for_timeout(900)


def menu(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
    settled(page)


def home(page: Page) -> None:
    settled(page)


def worklist(page: Page) -> None:
    first_action(page).click()
    settled(page)


def patient(page: Page) -> None:
    page.locator("tbody tr[data-id] .who").first.click()
    settled(page)


def indicators(page: Page) -> None:
    menu(page, "Indicateurs")


def activity(page: Page) -> None:
    menu(page, "Mon activité")


def agreements(page: Page) -> None:
    menu(page, "Scénarios")
    page.get_by_role("radiogroup", name="Voir").get_by_text("Accords", exact=True).click()
    settled(page)


def losers(page: Page) -> None:
    page.get_by_role("radiogroup", name="Voir").get_by_text("Pays", exact=True).click()
    settled(page)


JOURNEYS: dict[str, Callable[[Page], None]] = {
    "aujourdhui": home, "prevention": worklist, "patient": patient, "indicateurs": indicators, "activite": activity,
    "accords": agreements, "pays": losers,
}  # fmt: skip
"""By the name of the picture, what is done from the one before."""


def take(folder: Path) -> list[Path]:
    """The files written, in the order of the journeys."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        serving(shipped.PRACTICES, Path(scratch)) as server,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        context = browser.new_context(locale="fr-FR", viewport=SIZE, reduced_motion="reduce")
        context.add_cookies([server.cookie])
        page, written = context.new_page(), []
        page.goto(server.address)
        page.wait_for_selector("h1", timeout=SECONDS)
        for name, steps in JOURNEYS.items():
            steps(page)
            written.append(folder / f"{name}.png")
            page.screenshot(path=written[-1], animations="disabled")
        return written


if __name__ == "__main__":
    for file in take(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        print(f"{file} : {file.stat().st_size / 1000:.0f} kB")
