"""What a user waits for: the server, the first page, a click.

    python -m tests.benchmarks.pages

Starts the real program on the sample practices and drives Chromium: time until the server is up (its store already
built), until the first page is whole, and, over a number of clicks, until the page asked for, or the filter changed, is
drawn. Prints medians and the slowest.
"""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dashboard import shipped
from tests.dashboard.browsing import launch
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import serving

ROUNDS = 4


def main() -> None:
    with tempfile.TemporaryDirectory() as elsewhere, sync_playwright() as playwright:
        start = time.perf_counter()
        with serving(shipped.PRACTICES, Path(elsewhere)) as server:
            print(f"server up          {time.perf_counter() - start:6.2f} s")
            browser = launch(playwright)
            context = browser.new_context(locale="fr-FR", viewport={"width": 1366, "height": 900})
            context.add_cookies([server.cookie])
            page = context.new_page()
            print(f"first page whole   {seconds(lambda: first(page, server.address)):6.2f} s")
            others = [name for name in PAGES if name != HOME]
            rounds = [[seconds(lambda n=name: visit(page, n)) for name in others] for _ in range(ROUNDS)]
            visit(page, "prevention")
            filters = [choose_contact(page, n) for _ in range(ROUNDS) for n in range(1, 4)]
            report("first opening", rounds[0])
            print(*(f"  {name} {1000 * time:.0f}" for name, time in zip(others, rounds[0], strict=True)))
            report("page by the menu", [time for one in rounds[1:] for time in one])
            report("menu of a filter", [opened for opened, _ in filters])
            report("filter of the list", [drawn for _, drawn in filters])
            browser.close()


def first(page: Page, address: str) -> None:
    page.goto(address)
    whole(page, "Aujourd’hui")


def visit(page: Page, name: str) -> None:
    """Click a page of the menu and wait for the end of its run."""
    page.get_by_test_id("stSidebarNav").locator(f"a[href*='/{name}']").click()
    whole(page, PAGES[name])


def choose_contact(page: Page, place: int) -> tuple[float, float]:
    """Change the filter of the list. Seconds to have its menu, then from the click on a choice to the list it makes."""
    before = page.locator("[data-testid=stMain] strong").first.text_content()
    choice = page.get_by_role("option").nth(place)

    def open_menu() -> None:
        page.get_by_label("À faire ensemble").click()
        choice.wait_for()

    def choose() -> None:
        choice.click()
        page.wait_for_function(
            "before => document.querySelector('[data-testid=stMain] strong').textContent !== before",
            arg=before,
            timeout=3000,
        )

    return seconds(open_menu), seconds(choose)


WHOLE = """title => document.querySelector("h1")?.textContent.trim() === title
    && document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton]")"""


def whole(page: Page, title: str) -> None:
    """Looked at on every frame: `expect` looks at longer and longer intervals, up to a second."""
    page.wait_for_function(WHOLE, arg=title, timeout=20_000)


def seconds(task) -> float:  # type: ignore[no-untyped-def]
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def report(name: str, times: list[float]) -> None:
    print(f"{name:18} median {1000 * statistics.median(times):5.0f} ms   slowest {1000 * max(times):5.0f} ms")


if __name__ == "__main__":
    main()
