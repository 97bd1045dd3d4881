"""No English, no code of ours and no raw number on any page: everything is opened and read, what is read aloud too. And no
page, with all of it open, fails a rule of WCAG at level AA."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest
import streamlit
from playwright.sync_api import Browser, Error, Locator, Page

from calculators.records.tables import TABLES
from calculators.sobriety.ratio import SCHEMA
from tests.dashboard.opening import HOME, PAGES
from tests.dashboard.serving.server import Server
from tests.dashboard.test_browser import browser, server  # noqa: F401

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
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.){2,160})"|`((?:[^`\\$]|\\.){2,160})`')
SENTENCE = re.compile(r"[A-Z][A-Za-z'’,.?!:()/&…\-]*(?: [A-Za-z'’,.?!:()/&…\-]+)*")
SHARED = set(re.findall(r"\w+", """
    accepter ald application article atc axis but cache calendar change close cob cod code codes cog coh col com
    comment commune compare content copier csv cumul data date dates description document documents doses double
    effect est excel excluded face fermer fin image importer info installation interval jan label lecture lit log mai maximum
    menu message messages min minimal minimum mode mois mon nature non note nov oct option options ordre page pages
    pairs part patient patients place plus png point points possible prevention public qpv quantile question ratio
    rectangle region rejeter sans second secteur service sexe simple source sources standard sur svg système table
    tableau tables test tests ticket titre total type types vaccination verdict version vide zac zip zone
"""))  # fmt: skip
"""Words that French has too, abbreviations, file formats."""
COMMAND = re.compile(r"«\s*tableau-mt[^»]*»")
CODES = re.compile(r"\b[a-z]+_[a-z0-9_]+\b")
RAW = re.compile(r"(?<![\w,.\-/ ])\d{4,}(?![\w\-/])|\d\.\d")
MOST_WORDS = 30
BREAKS = re.compile(r" [;:!?%€»]|« ")


AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = """async () => {
  const found = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, node.html.slice(0, 150), node.failureSummary]))
}"""


class Said(NamedTuple):
    """A text or a label, and the page it is on."""

    page: str
    kind: str
    text: str


@cache
def english() -> frozenset[str]:
    """Words of the texts of the installed Streamlit, and of the names of our columns."""
    words: set[str] = set()
    for file in (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("*.js"):
        for found in LITERAL.finditer(file.read_text(encoding="utf-8", errors="ignore")):
            if SENTENCE.fullmatch(text := found[1] or found[2]):
                words |= set(re.findall(r"[a-z]{3,}", text.lower()))
    names = [column.name for table in TABLES.values() for column in table.columns]
    names += SCHEMA.names
    return frozenset(words | {word for name in names for word in name.split("_") if len(word) > 2}) - SHARED


class Walk(NamedTuple):
    """What can be read on the pages, and the rules of access that they fail."""

    said: list[Said]
    faults: list[tuple[str, ...]]


@pytest.fixture(scope="module")
def walk(browser: Browser, server: Server) -> Walk:  # noqa: F811
    """Every page, once what opens is open; and one that does not exist."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720})
    context.add_cookies([server.cookie])
    page, found, faults = context.new_page(), set(), []
    for name in [*PAGES, "nulle-part"]:
        page.goto(f"{server.address}/{'' if name == HOME else name}")
        page.wait_for_selector("h1", timeout=30_000)
        page.evaluate(AXE)
        for is_whole in visited(page):
            found |= {Said(name, kind, text) for kind, text in page.evaluate(READ)}
            faults += [(name, *fault) for fault in page.evaluate(RULES)] if is_whole else []
    context.close()
    return Walk(sorted(found), faults)


@pytest.fixture
def everything(walk: Walk) -> list[Said]:
    return walk.said


def test_no_page_fails_a_rule_of_access(walk: Walk):
    assert walk.faults == []


def visited(page: Page) -> Iterator[bool]:
    """Tab after tab, each with its sections open (True), then its lists and the bars of its tables (False)."""
    settled(page)
    for tab in [None, *page.get_by_role("tab").all()]:
        if tab is not None:
            tab.click()
            settled(page)
        for section in page.locator("details:not([open]) > summary").all():
            tried(section, "click")
        settled(page)
        yield True
    for field in page.locator("[data-testid=stSelectbox] input, [data-testid=stMultiSelect] input").all()[:2]:
        if tried(field, "click"):
            yield False
            page.keyboard.press("Escape")
    for drawn in page.locator("[data-testid=stDataFrame], [data-testid=stVegaLiteChart]").all()[:1]:
        if tried(drawn, "hover"):
            yield False


def settled(page: Page) -> None:
    page.wait_for_timeout(250)
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=30_000)


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
        for word in re.findall(r"[a-zà-ÿœ]+", COMMAND.sub("", said.text).lower()):
            if word in english():
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
