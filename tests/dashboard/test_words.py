"""No English, no code of ours and no raw number on any page: everything is opened and read, what is read aloud too."""

import re
from collections.abc import Iterator
from functools import cache
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
      if (!one.closest(skipped) && one.getAttribute(name).trim()) found.push([name, one.getAttribute(name).trim()])
  return found
}"""
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.){2,160})"|`((?:[^`\\$]|\\.){2,160})`')
SENTENCE = re.compile(r"[A-Z][A-Za-z'’,.?!:()/&…\-]*(?: [A-Za-z'’,.?!:()/&…\-]+)*")
SHARED = set(re.findall(r"\w+", """
    accepter ald application article atc axis but cache calendar change close cob cod code codes cog coh col com
    comment commune compare content copier csv cumul data date dates description document documents doses double
    effect est excel excluded face fermer fin image importer info installation interval jan label lecture log mai maximum
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


@pytest.fixture(scope="module")
def everything(browser: Browser, server: Server) -> list[Said]:  # noqa: F811
    """All that can be read on every page, once what opens is open; and on a page that does not exist."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720})
    context.add_cookies([server.cookie])
    page, found = context.new_page(), set()
    for name in [*PAGES, "nulle-part"]:
        page.goto(f"{server.address}/{'' if name == HOME else name}")
        page.wait_for_selector("h1", timeout=30_000)
        for _ in visited(page):
            found |= {Said(name, kind, text) for kind, text in page.evaluate(READ)}
    context.close()
    return sorted(found)


def visited(page: Page) -> Iterator[None]:
    """Tab after tab, each with its sections open, then its lists and the bars of its tables."""
    settled(page)
    for tab in [None, *page.get_by_role("tab").all()]:
        if tab is not None:
            tab.click()
            settled(page)
        for section in page.locator("details:not([open]) > summary").all():
            tried(section, "click")
        settled(page)
        yield
    for field in page.locator("[data-testid=stSelectbox] input, [data-testid=stMultiSelect] input").all()[:4]:
        if tried(field, "click"):
            yield
            page.keyboard.press("Escape")
    for drawn in page.locator("[data-testid=stDataFrame], [data-testid=stVegaLiteChart]").all()[:2]:
        if tried(drawn, "hover"):
            yield


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
