"""Bytes of a CDA -> its ClinicalDocument, and the few ways its elements are read.

* The document may be inside another one: a self-displaying document (XSL), a signed envelope.
* The encoding is that of the prolog or of the byte order mark. A document that says UTF-8, or nothing, and is not, is
  read as Windows-1252, which is told.
* A document type declaration has no place in a CDA: any is refused, and with it every entity.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from calculators import faults
from calculators.records.readers.cda.codes import CODES, Known, known
from calculators.records.readers.shape import SourceError

V3 = "{urn:hl7-org:v3}"
DOCUMENT = V3 + "ClinicalDocument"
STATEMENTS = {V3 + tag for tag in ("substanceAdministration", "supply", "procedure", "encounter", "observation")}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PROLOG = re.compile(r"^\s*<\?xml.*?\?>", re.S)
DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class Opened(NamedTuple):
    """A document out of its envelope; `guessed`: its encoding is not the one it says; `others` in the same envelope."""

    root: Element
    guessed: bool
    others: int


def open_document(content: bytes, name: str) -> Opened:
    """Raises SourceError (French) when it is not a whole CDA, or a dangerous one."""
    tree, guessed = _parse(content, name)
    documents = [tree] if tree.tag == DOCUMENT else list(tree.iter(DOCUMENT))
    if not documents:
        raise SourceError(
            f"Le fichier « {name} » n’est pas un document médical CDA (élément racine ClinicalDocument attendu)."
        )
    return Opened(documents[0], guessed, len(documents) - 1)


def _parse(content: bytes, name: str) -> tuple[Element, bool]:
    try:
        return fromstring(content, forbid_dtd=True), False
    except DefusedXmlException:
        raise SourceError(
            f"Le fichier « {name} » est refusé : il déclare un DOCTYPE ou des entités XML, ce qu’un document "
            "médical ne fait jamais et qui peut être dangereux."
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as problem:
        text = _other_encoding(content)
        if text is not None:
            return _parse(text.encode(), name)[0], True
        raise SourceError(
            f"Le fichier « {name} » n’est pas un document XML entier ({faults.cause(problem)}). Exportez-le de nouveau."
        ) from None


def _other_encoding(content: bytes) -> str | None:
    """The text of a document whose encoding is not the one it says; None when another reading would change nothing."""
    marked = next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None)
    said = DECLARED.search(content[:400])
    declared = said[1].decode("ascii").lower().replace("-", "") if said else "utf8"
    if marked is None and declared not in ("utf8", "utf16"):
        return None
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = PROLOG.sub("", text, count=1)
        return None if encoding == "utf-8" and plain.encode() == content else plain
    return None


class Announced(NamedTuple):
    """What the first bytes of an XML document say: root element, type of the CDA inside (None: none met so far)."""

    root: str
    known: Known | None
    forbidden: bool


class _EnoughError(Exception):
    pass


class _Header:
    """Listens to the parser until the header of a CDA has said what it is."""

    def __init__(self) -> None:
        self.root = ""
        self.inside = self.told = self.forbidden = False
        self.depth = 0
        self.templates: list[str] = []
        self.code = self.label = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if self.inside:
            self.depth += 1
            self._of_header(tag, attributes)
        elif tag == DOCUMENT[1:]:
            self.inside = True

    def _of_header(self, tag: str, attributes: dict[str, str]) -> None:
        if self.depth != 1:
            return
        if tag == V3[1:] + "templateId":
            self.templates.append(attributes.get("root", ""))
        elif tag == V3[1:] + "code":
            self.code, self.label = attributes.get("code", ""), attributes.get("displayName", "")
        elif tag in (V3[1:] + "recordTarget", V3[1:] + "component"):
            self.told = True
            raise _EnoughError

    def end(self, _: str) -> None:
        if self.inside:
            self.depth -= 1

    def doctype(self, *_: object) -> None:
        self.forbidden = True
        raise _EnoughError


def announced(content: bytes) -> Announced | None:
    """Read the start of a document, or all of it; None when it is not XML."""
    header = _Header()
    if not _listened(header, content):
        text = _other_encoding(content[: len(content) // 4 * 4])
        if text is None or not _listened(header, text.encode(errors="replace")):
            return None
    found = known(header.templates, header.code, header.label) if header.inside else None
    return Announced(header.root, found, header.forbidden)


def _listened(header: _Header, content: bytes) -> bool:
    """Was a root element, or a declaration that forbids to go on, met?"""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = header.start, header.end
    parser.StartDoctypeDeclHandler = header.doctype
    with suppress(_EnoughError, expat.ExpatError, ValueError, LookupError):
        parser.Parse(content, False)
    return bool(header.root) or header.forbidden


def statements(section: Element) -> Iterator[Element]:
    """Statements of a section's own entries, in order; what a statement contains belongs to it."""
    waiting = list(reversed(section.findall(V3 + "entry")))
    while waiting:
        element = waiting.pop()
        if element.tag in STATEMENTS:
            yield element
        elif element.tag != V3 + "section":
            waiting.extend(reversed(element))


def happened(statement: Element) -> bool:
    """Not planned, not refused, not cancelled."""
    return statement.get("moodCode", "EVN") == "EVN" and not negated(statement) and not undone(statement)


def negated(statement: Element) -> bool:
    return statement.get("negationInd", "").strip().lower() in ("true", "1")


def undone(statement: Element) -> bool:
    return attribute(statement.find(V3 + "statusCode"), "code") in CODES.words.undone


def says_nothing(statement: Element) -> bool:
    """An entry that says its section is empty."""
    return any(one.get("code", "").strip() in CODES.words.nothing for one in statement.iter())


def coded(elements: Iterator[Element]) -> list[tuple[str, str]]:
    """(code system, code) of elements, in order, empty ones included."""
    return [(attribute(one, "codeSystem"), attribute(one, "code").strip()) for one in elements]


def attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")


def text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def local_type(element: Element) -> str:
    """`xsi:type` without its prefix, which varies."""
    return element.get(XSI_TYPE, "").rpartition(":")[2]


class Moment(NamedTuple):
    """A day, or the first day of a month or of a year of which no more is said."""

    day: date
    precision: str


def moment(element: Element | None) -> Moment | None:
    """An HL7 timestamp (YYYY, YYYYMM or YYYYMMDD, then anything); None when it is not one."""
    found = re.match(r"(\d{4})(\d\d)?(\d\d)?", attribute(element, "value"), re.ASCII)
    if not found:
        return None
    year, month, rest = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    precision = "year" if not found[2] else "month" if not found[3] else "day"
    try:
        return Moment(date(year, month, rest), precision)
    except ValueError:
        return None


def day(element: Element | None) -> date | None:
    """Day of an HL7 timestamp; None when the day is not said."""
    found = moment(element)
    return found.day if found and found.precision == "day" else None


def day_within(element: Element | None) -> date | None:
    """Day of a time or of an interval: its value, its start, its end."""
    if element is None:
        return None
    return next((found for one in _bounds(element) if (found := day(one))), None)


def moment_within(element: Element) -> Moment | None:
    return next((found for one in _bounds(element) if (found := moment(one))), None)


def _bounds(element: Element) -> tuple[Element | None, ...]:
    return element, element.find(V3 + "low"), element.find(V3 + "high")
