"""What leaves the pages as a file, and what a mistake is told with: no English, no code of ours, no raw number, no long
sentence."""

import ast
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st

from tests.dashboard.conftest import DOCTORS
from tests.dashboard.language import CODES, MOST_WORDS, english_in
from tests.dashboard.opening import PAGES, ROOT
from tests.dashboard.test_taken_away import every_chart_and_every_table_has_its_files, shown

pytestmark = pytest.mark.slow

FILES = ("xlsx", "csv", "html", "svg")
RAISED = {"UserError", "UnusableFolderError", "RuleError", "NoReferenceError", "ValueError"}
ROOMS = ("dashboard", "calculators")
OURS = {ROOT / "calculators" / "steps.py", ROOT / "calculators" / "records" / "lossless.py"}
"""Told to who writes the program."""


ABOUT_FILES = "colonnes-"
"""What the columns of a file are called, as they are written in it."""
NAMES = re.compile(rf"\b({'|'.join(doctor[3:6] for doctor in DOCTORS)})-\d{{3}}\b|New England Journal of Medicine")
"""Keys of patients, the title of a journal."""


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """How each file that a page offers is made, by its name."""
    made: dict[str, Callable[[], bytes]] = {}
    draw = st.download_button

    def kept(label: str, data: Callable[[], bytes], file_name: str, **how: object) -> bool:
        made[file_name] = data
        return draw(label, data=data, file_name=file_name, **how)

    monkeypatch.setattr(st, "download_button", kept)
    monkeypatch.setattr(
        st.delta_generator.DeltaGenerator, "download_button", lambda self, *args, **how: kept(*args, **how)
    )
    return made


def texts(name: str, content: bytes) -> Iterator[str]:
    """What is read in a file."""
    match name.rsplit(".", 1)[1]:
        case "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                if "xl/sharedStrings.xml" in book.namelist():
                    yield from map(
                        html.unescape, re.findall(r"<t[^>]*>(.*?)</t>", book.read("xl/sharedStrings.xml").decode())
                    )
        case "csv":
            for line in content.decode("utf-8-sig").splitlines():
                yield from line.split(";")
        case _:
            body = re.sub(r"(?s)<(style|script|title|desc)\b.*?</\1>", " ", content.decode())
            yield from (html.unescape(one).strip() for one in re.findall(r">([^<]+)<", body))


@pytest.mark.parametrize("page", PAGES)
def test_all_of_a_page_has_its_files_and_they_are_in_french(page: str, offered: dict[str, Callable[[], bytes]]):
    for app in shown(page):
        every_chart_and_every_table_has_its_files(app)
    faults = []
    for name, make in offered.items():
        if name.rsplit(".", 1)[1] in FILES and not name.startswith(ABOUT_FILES):
            said = {NAMES.sub("", text) for text in texts(name, make()) if text}
            assert said, name
            faults += [(name, text) for text in said if english_in(text) or CODES.search(text)]
    assert faults == []


@cache
def sentences() -> list[tuple[str, str]]:
    """The fixed words of every mistake that is told, with where."""
    return list(_sentences())


def _sentences() -> Iterator[tuple[str, str]]:
    for file in (one for room in ROOMS for one in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                called, first = node.exc.func, node.exc.args[0]
                if isinstance(called, ast.Name) and called.id in RAISED and (said := _said(first)) and file not in OURS:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", said


def _said(node: ast.expr) -> str:
    """A text or a formatted one, « … » where a value goes."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_said(part) or "…" for part in parts)
        case ast.BinOp(left=left, right=right):
            return _said(left) + _said(right)
    return ""


def test_the_mistakes_that_are_told_are_told_in_french():
    found = sentences()
    assert len(found) > 150
    assert [(where, said) for where, said in found if english_in(QUOTED.sub("", said))] == []


QUOTED = re.compile(r"«[^»]*»|\[\[\w+\]\]|--[a-z-]+|tableau-mt \w+ [A-Z]+|'[^']+'|[\w.-]+\.(?:toml|parquet)|pip install|"
                    r"\([a-z0-9_, ]*_[a-z0-9_, ]*\)")  # fmt: skip
"""What the user wrote or is to write: keys, options, commands, names of files."""


def test_no_mistake_is_told_at_length():
    long = [
        (where, one)
        for where, said in sentences()
        for one in re.split(r"(?<=[.!?…;:])\s+|\n", said)
        if len(re.findall(r"[\wà-ÿ’'-]+", one)) > MOST_WORDS
    ]
    assert long == []
