"""No English, no code of ours and no raw number on any page: everything is opened and read, what is read aloud too. And no
page fails a rule of WCAG at level AA: one page in four on a wide screen with all of it open, its tabs and lists too, and in
dark, on a telephone or at 200 % in turn; the others on a wide screen in their first tab (`TESTS=all`: all of every page, on
all screens)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

from tests.dashboard.browsing import Watched, settled
from tests.dashboard.language import BREAKS, CODES, MOST_WORDS, RAW, english_in
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.whole import WHOLE

pytestmark = pytest.mark.browser

READ = """() => {
  const found = [], skipped = 'script, style, noscript, code, pre, canvas, textarea, [data-testid=stIconMaterial]'
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const icon = e => getComputedStyle(e).fontFamily.includes('Material') || e.dataset.testid === 'stAlertDynamicIcon'
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), parent = walker.currentNode.parentElement
    if (text && !parent.closest(skipped) && !icon(parent))
      found.push([parent.closest('[role=gridcell]') ? 'cell' : 'text', text])
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'aria-description'])
    for (const one of document.body.querySelectorAll(`[${name}]`))
      if (!one.closest(skipped + ', [aria-hidden=true]') && one.getAttribute(name).trim())
        found.push([name, one.getAttribute(name).trim()])
  return found
}"""
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = """async contrasts => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], rules = {'color-contrast': {enabled: contrasts}}
  const found = await axe.run(document, {runOnly, rules, resultTypes: ['violations'], preload: false})
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, node.html.slice(0, 150), node.failureSummary]))
}"""
OPEN = """() => {
  const closed = [...document.querySelectorAll('details:not([open]):not([data-once]) > summary')]
    .filter(one => one.checkVisibility())
  closed.forEach(one => { one.parentElement.dataset.once = ''; one.click() })
  return closed.length
}"""
"""Opens all sections that are in sight, and says how many there were."""
ON_PAPER = """() => {
  const seen = what => [...document.querySelectorAll(what)].filter(one => one.checkVisibility()).length
  const hidden = ['stSidebar', 'stHeader', 'stButton', 'stDownloadButton', 'stDataFrame'].map(one => `[data-testid=${one}]`)
  const inSight = one => one.parentElement.checkVisibility()
  const grids = [...document.querySelectorAll('[data-testid=stDataFrame]')].filter(inSight).length
  return [seen(hidden.join(', ') + ', [class*=_a_l_ecran]'), Math.max(grids - seen('.sur-papier table'), 0),
          Math.max(...[...document.querySelectorAll('.sur-papier table')].map(one => one.rows.length), 0) > 51]
}"""
"""What is seen that is not for paper, grids without rows on paper, and whether some table is longer than it may be."""


class Said(NamedTuple):
    """A text or a label, and the page it is on."""

    page: str
    kind: str
    text: str


OTHERS = {"390 dark": (390, 844, "dark"), "200 %": (640, 360, "light"), "1280 dark": (1280, 720, "dark")}
"""A telephone in dark, a page at 200 %, a wide screen in dark: pages are looked at there too, before what opens is."""


class Walk(NamedTuple):
    """What can be read on the pages, the rules of access that they fail (on which screen), and what goes wrong on paper."""

    said: list[Said]
    faults: dict[str, list[tuple[str, ...]]]
    printed: dict[str, list[object]]


@pytest.fixture(scope="module")
def walk(browser: Browser, server: Server) -> Iterator[Walk]:
    """Every page by the menu, without a fault, once what opens is open; and one that does not exist."""
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 1280, "height": 720}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_cookies([server.cookie])
    yield walked(Watched(context.new_page()), server.address)
    context.close()


def walked(watched: Watched, address: str) -> Walk:
    page, found, printed = watched.page, set(), {}
    faults: dict[str, list[tuple[str, ...]]] = {"1280": [], **{screen: [] for screen in OTHERS}}
    page.goto(address)
    watched.read(PAGES[HOME])
    expect(page.get_by_text("Données fictives").first).to_be_visible()
    page.evaluate(AXE)
    for rank, name in enumerate([HOME, *(one for one in PAGES if one != HOME), "nulle-part"]):
        if name in PAGES and name != HOME:
            watched.by_the_menu(name)
        elif name not in PAGES:
            page.goto(f"{address}/{name}", timeout=60_000)
            page.wait_for_selector("h1", timeout=60_000)
            page.evaluate(AXE)
        settled(page)
        for screen in OTHERS if WHOLE else [list(OTHERS)[rank // 4 % 3]][rank % 4 :]:
            with on_screen(page, screen):
                faults[screen] += [(name, *fault) for fault in failed(page)]
        lists_of = "[data-testid=stSidebar]" if name == HOME else "[data-testid=stMain]"  # the sidebar is of all pages
        for tab, is_whole in enumerate(unfolded(page, lists_of, wholly=WHOLE or rank % 4 == 0)):
            found |= {Said(name, kind, text) for kind, text in page.evaluate(READ)}
            if is_whole:
                faults["1280"] += [(name, *fault) for fault in failed(page, contrasts=WHOLE or tab == 0)]
                page.emulate_media(media="print")
                printed[f"{name} {len(printed)}"] = page.evaluate(ON_PAPER)
                page.emulate_media(media="screen")
    return Walk(sorted(found), faults, printed)


@pytest.fixture
def everything(walk: Walk) -> list[Said]:
    return walk.said


@contextmanager
def on_screen(page: Page, screen: str) -> Iterator[None]:
    """The page there, and back."""
    width, height, scheme = OTHERS[screen]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    settled(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == scheme
    yield
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 720})


def failed(page: Page, contrasts: bool = True) -> list[tuple[str, ...]]:
    """The rules that it fails; what is still being drawn when it is first looked at is given a second."""
    if not page.evaluate(RULES, contrasts):
        return []
    page.wait_for_timeout(1000)
    settled(page)
    return page.evaluate(RULES, contrasts)


@pytest.mark.parametrize("screen", ["1280", *OTHERS])
def test_no_page_fails_a_rule_of_access(walk: Walk, screen: str):
    assert walk.faults[screen] == []


def test_paper_has_the_page_without_its_buttons_and_the_rows_of_every_grid(walk: Walk):
    assert {name: found for name, found in walk.printed.items() if found != [0, 0, False]} == {}


def unfolded(page: Page, within: str, wholly: bool) -> Iterator[bool]:
    """Tab after tab, each with its sections open (True), then lists of that part and the bar of a table (False); else the
    first tab alone."""
    settled(page)
    for tab in page.get_by_role("tab").all()[: None if wholly else 1] or [None]:
        if tab is not None:
            tab.click()
            settled(page)
        while page.evaluate(OPEN):  # some hold others
            settled(page)
        yield True
    if not wholly:
        return
    fields = f"{within} :is([data-testid=stSelectbox], [data-testid=stMultiSelect]) input"
    for field in page.locator(fields).all()[:2]:
        if field.is_visible() and tried(field, "click"):
            tried(page.get_by_role("option").first, "hover")
            yield False
            page.keyboard.press("Escape")
    for drawn in page.locator("[data-testid=stDataFrame], [data-testid=stVegaLiteChart]").all()[:1]:
        if tried(drawn, "hover"):
            yield False


def tried(place: Locator, what: str) -> bool:
    """Some are hidden, or gone since."""
    try:
        getattr(place, what)(timeout=500)
    except Error:
        return False
    return True


def test_nothing_is_english(everything: list[Said]):
    faults = {}
    for said in everything:
        for word in english_in(said.text):
            faults.setdefault(word, said)
    assert faults == {}, list(faults.values())


def test_no_code_of_ours_is_shown(everything: list[Said]):
    assert [said for said in everything if CODES.search(said.text)] == []


def test_every_number_is_written_the_french_way(everything: list[Said]):
    """Cells are written by the grid, in the language of the browser; the codes of acts are on the page *Méthode*."""
    raw = [said for said in everything if said.kind != "cell" and said.page != "methode" and RAW.search(said.text)]
    assert [said for said in raw if not re.fullmatch(r"(19|20|21)\d\d", RAW.search(said.text)[0].strip())] == []


def test_no_sentence_is_long(everything: list[Said]):
    """A list of codes is no sentence."""
    long = [
        (said.page, sentence)
        for said in everything
        for sentence in re.split(r"(?<=[.!?…;:])\s+|\n", said.text)
        if len(re.findall(r"[\wà-ÿ’'-]+", sentence)) > MOST_WORDS and "LOINC" not in sentence
    ]
    assert long == []


def test_no_line_can_begin_with_a_sign(everything: list[Said]):
    assert [said for said in everything if said.kind != "cell" and BREAKS.search(said.text)] == []
