"""Lists in spreadsheets (CSV, XLSX, XLS, ODS): patients, acts, vaccinations, deliveries, what the insurer says.

`detect` tells what each column is, `preview` shows the first lines as they will be read, `read` reads. What is asked and
not answered is not taken.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from calculators.records.readers.shape import Document, SourceError, SourceFile
from calculators.records.readers.spreadsheet import lists, sheets, values
from calculators.records.readers.spreadsheet.detect import detect as detect_sheet
from calculators.records.readers.spreadsheet.mapping import (
    DATE_FORMS,
    ColumnMapping,
    Confidence,
    Mapping,
    MappingError,
    Mappings,
    OfSheet,
)
from calculators.records.readers.spreadsheet.mapping import read as read_mappings
from calculators.records.readers.spreadsheet.mapping import save as save_mapping

__all__ = [
    "DATE_FORMS", "KINDS", "ColumnMapping", "Confidence", "Mapping", "MappingError", "Mappings", "OfSheet", "PreviewLine",
    "UnknownListError", "detect", "preview", "read", "read_mappings", "recognise", "save_mapping",
]  # fmt: skip

KINDS = ("liste_patients", "liste_actes", "liste_vaccinations", "liste_delivrances", "liste_assurance")
PREVIEWED = 12
_NOWHERE = Path("liste.csv")


class UnknownListError(SourceError):
    """No column says what the list is; `mappings` holds what was seen, for the user to say the rest."""

    def __init__(self, message: str, mappings: Sequence[Mapping]) -> None:
        super().__init__(message)
        self.mappings = tuple(mappings)


@dataclass(frozen=True)
class PreviewLine:
    """One line: its number in the file, its cells as written, and as they will be read (empty where they are not)."""

    number: int
    written: tuple[str, ...]
    read: tuple[str, ...]


def recognise(head: bytes, name: str) -> str | None:
    """Kind of list that a text begins. None for a workbook, whose sheets are known once opened, and for anything else."""
    if sheets.is_workbook(head) or not head.strip():
        return None
    try:
        [sheet] = sheets.open_sheets(SourceFile(_NOWHERE), head)
        found = detect_sheet(sheet, name, _latest_said(head))
    except (SourceError, csv.Error, UnicodeError):
        return None
    named = [one for one in found.columns if one.confidence is Confidence.SURE]
    return found.kind or None if found.header_rows and len(named) >= 2 else None


def _latest_said(head: bytes) -> date:
    """The end of the last year written in a text of which no file tells the day."""
    years = [int(year) for year in re.findall(rb"(?<!\d)20[0-3]\d(?!\d)", head.replace(b"\0", b""))]
    return date(max(years, default=2030), 12, 31)


def detect(source: SourceFile, mappings: Mappings | None = None) -> list[Mapping]:
    """What the sheets of a file hold, those of which something is known first. Raises SourceError (French)."""
    return [mapping for _, mapping in _opened(source, source.content(), mappings)]


def preview(source: SourceFile, mapping: Mapping, lines: int = PREVIEWED) -> list[PreviewLine]:
    """The first lines of data as they will be read with that mapping. Raises SourceError (French)."""
    for sheet in sheets.open_sheets(source, source.content(), mapping.separator):
        if sheet.name == mapping.sheet:
            return list(islice(_previewed(sheet, mapping, _file_day(source)), lines))
    raise SourceError(f"Le classeur « {source.name} » n’a plus de feuille « {mapping.sheet} ».")


def read(sources: Sequence[SourceFile], mapping: Mapping | Mappings | None = None) -> Iterator[Document]:
    """One document per list. `mapping`: what the user said of one list, or of several.

    Raises SourceError (French, names the file), UnknownListError when nothing says what it is.
    """
    for source in sources:
        yield from _read(source, mapping)


def _read(source: SourceFile, mapping: Mapping | Mappings | None) -> Iterator[Document]:
    content = source.content()
    said = mapping if isinstance(mapping, Mappings) else None
    opened = _opened(source, content, said)
    if isinstance(mapping, Mapping):
        opened = [(sheet, mapping if mapping.sheet == sheet.name else found) for sheet, found in opened]
    known = [(sheet, found) for sheet, found in opened if found.kind]
    if not known:
        raise UnknownListError(_unknown(source, opened), [found for _, found in opened])
    digest = hashlib.sha256(content).hexdigest()
    for number, (sheet, found) in enumerate(known):
        source_id = hashlib.sha256(f"{digest}:{sheet.name}".encode()).hexdigest() if number else digest
        yield lists.read_list(sheet, found, source, source_id, _file_day(source))


def _opened(source: SourceFile, content: bytes, mappings: Mappings | None) -> list[tuple[sheets.Sheet, Mapping]]:
    said = mappings or Mappings({})
    found = sheets.open_sheets(source, content, said.of_sheet(source.name).separator)
    day = _file_day(source)
    try:
        seen = [
            (sheet, detect_sheet(sheet, source.name, day, said.of_sheet(source.name, sheet.name).header_row))
            for sheet in found
        ]
    except (csv.Error, UnicodeError):
        raise SourceError(f"Le fichier « {source.name} » n’est pas un tableau lisible : il est abîmé.") from None
    seen = [(sheet, said.applied(mapping, source.name)) for sheet, mapping in seen]
    return sorted(seen, key=lambda pair: not pair[1].kind)


def _file_day(source: SourceFile) -> date:
    """When the file, or the member of an archive, was last changed; never before this century."""
    try:
        if source.member:
            changed = date(*source.archives.of(source.path, source.within).getinfo(source.member).date_time[:3])
        else:
            changed = date.fromtimestamp(source.path.stat().st_mtime)
    except (OSError, ValueError, KeyError, OverflowError):
        return date(2100, 1, 1)
    if changed.year > 2000:
        return changed
    return date.fromtimestamp(source.path.stat().st_mtime)


def _unknown(source: SourceFile, opened: Sequence[tuple[sheets.Sheet, Mapping]]) -> str:
    if not opened:
        return f"Le fichier « {source.name} » ne contient aucune ligne."
    seen = [column.header for _, mapping in opened for column in mapping.columns if column.header][:8]
    columns = ", ".join(f"« {header} »" for header in seen) or "aucune"
    return (
        f"Le fichier « {source.name} » n’est pas une liste reconnue (colonnes vues : {columns}). Une liste de patients, "
        "d’actes, de vaccinations ou de délivrances a une ligne d’en-tête (Nom, Prénom, Date de naissance, Sexe…). "
        "Il reste à dire sur la page Données ce que contient chaque colonne."
    )


def _previewed(sheet: sheets.Sheet, mapping: Mapping, file_day: date) -> Iterator[PreviewLine]:
    latest = max(mapping.as_of, file_day)
    for number, row in enumerate(sheet.rows(), 1):
        if number >= mapping.first_row and any(cell is not None for cell in row):
            cells = [row[one.position] if one.position < len(row) else None for one in mapping.columns]
            shown = tuple(
                lists.shown(one, cell, mapping, latest) if one.is_read else ""
                for one, cell in zip(mapping.columns, cells, strict=True)
            )
            yield PreviewLine(number, tuple(values.text(cell) for cell in cells), shown)
