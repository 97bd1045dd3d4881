"""A spreadsheet file as rows of cells: encoding, separator, sheets, merged cells, whole floats. Nothing is interpreted.

A cell is a text without spaces around it (empty = None), an int, a float, a bool, a date or a time of day as its text.
"""

import csv
import io
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import python_calamine

from calculators.records.encodings import FRENCH, encoding_of
from calculators.records.readers.shape import LARGEST, TOO_LARGE, SourceError, SourceFile

Cell = str | int | float | date | None
Row = list[Cell]
SEPARATORS = ";,\t|"
SAMPLE_LINES = 200
LONGEST_CELL_LINES = 100
"""More lines than that in one cell: a quote was opened and never closed."""
WORKBOOKS = ((b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"))
UNREADABLE = (
    *(python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, OverflowError),
    *(RuntimeError, NotImplementedError, EOFError, KeyError),
)
"""What the libraries raise on a damaged workbook."""
DATE_1904 = re.compile(rb"<workbookPr[^>]*date1904=\"(?:1|true)\"")


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `rows` may be read several times."""

    name: str
    """Empty for a text file."""
    encoding: str = ""
    separator: str = ""
    from_1904: bool | None = None
    """Do its day numbers count from 1904? None: it does not say."""
    content: bytes = b""
    cells: Sequence[Row] = ()

    def rows(self) -> Iterator[Row]:
        """Every row in order, blank ones as empty lists."""
        yield from _text_rows(self) if self.encoding else self.cells

    @cached_property
    def head(self) -> list[Row]:
        """The first rows: what is looked at to tell the columns."""
        return [row for row, _ in zip(self.rows(), range(SAMPLE_LINES * 2), strict=False)]


def is_workbook(head: bytes) -> bool:
    """Does a file that starts so hold sheets, rather than text?"""
    return any(head.startswith(mark) for mark, _ in WORKBOOKS)


def open_sheets(source: SourceFile, content: bytes, separator: str = "") -> list[Sheet]:
    """The sheets of a file that hold something. `separator`: of a text, when the user says it. Raises SourceError
    (French)."""
    if is_workbook(content):
        return _workbook(source, content)
    encoding = encoding_of(content)
    try:
        separator = separator or _separator(content, encoding)
    except (UnicodeError, csv.Error):
        raise SourceError(f"Le fichier « {source.name} » n’est ni un classeur ni un texte lisible.") from None
    return [Sheet("", encoding, separator, content=content)]


def _decoded(content: bytes, encoding: str) -> io.TextIOWrapper:
    errors = "replace" if encoding in FRENCH else "strict"
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors=errors, newline="")


def _separator(content: bytes, encoding: str) -> str:
    """The sign that cuts the first lines in the most fields, the same number of them in most lines."""
    lines = [line for line, _ in zip(_decoded(content, encoding), range(SAMPLE_LINES), strict=False) if line.strip()]
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0])):
        return said[1]
    best = max(SEPARATORS, key=lambda sign: _regularity(lines, sign))
    return best if _regularity(lines, best)[0] > 0 else ";"


def _regularity(lines: list[str], sign: str) -> tuple[float, float]:
    """Fields of most lines, weighed by their share; then the fields found in all."""
    widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0, 0.0
    width, number = max(wide.items(), key=lambda pair: (pair[1] * pair[0], pair[0]))
    return width * (number / len(widths)) ** 2, float(sum(widths))


def _text_rows(sheet: Sheet) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(_decoded(sheet.content, sheet.encoding), delimiter=sheet.separator)
    first = True
    for row in reader:
        if first and len(row) <= 2 and "".join(row).lower().startswith("sep="):
            first = False
            continue
        first = False
        if any(len(cell) > 1000 and cell.count("\n") > LONGEST_CELL_LINES for cell in row):
            raise csv.Error(str(reader.line_num))
        yield [clean(cell) for cell in row]


def clean(value: Any) -> Cell:
    """A cell as its plain value: spaces of all kinds are one, a whole float is an integer, nothing is None."""
    match value:
        case str():
            text = " ".join(value.replace("\ufeff", "").replace("\u200b", "").split()) if value else ""
            return text or None
        case bool():
            return "vrai" if value else "faux"
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case float() if value != value:
            return None
        case datetime():
            return value.date() if value.time() == datetime.min.time() else value
        case date() | int() | float() | None:
            return value
    return str(value)


def _workbook(source: SourceFile, content: bytes) -> list[Sheet]:
    try:
        from_1904 = _counts_from_1904(source, content)
        with python_calamine.CalamineWorkbook.from_object(io.BytesIO(content)) as book:
            shown = [one.name for one in book.sheets_metadata if _is_shown(one)]
            found = [_filled(book.get_sheet_by_name(name), name, from_1904) for name in shown]
    except SourceError:
        raise
    except python_calamine.PasswordError:
        said = "est protégé par un mot de passe : ôtez-le dans le tableur, puis recommencez."
        raise SourceError(f"Le classeur « {source.name} » {said}") from None
    except UNREADABLE as problem:
        raise SourceError(_unreadable(source, problem)) from None
    except BaseException as problem:  # a fault of the parser on a damaged file is a PanicException, no Exception
        if type(problem).__name__ != "PanicException":
            raise
        raise SourceError(_unreadable(source, problem)) from None
    return [sheet for sheet in found if sheet.cells]


def _is_shown(sheet: python_calamine.SheetMetadata) -> bool:
    """Hidden sheets hold what the program that wrote the workbook wanted for itself."""
    is_table = sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    return is_table and sheet.visible == python_calamine.SheetVisibleEnum.Visible


def _unreadable(source: SourceFile, problem: BaseException) -> str:
    if "password" in str(problem).lower() or "encrypt" in str(problem).lower():
        return f"Le classeur « {source.name} » est protégé par un mot de passe : ôtez-le, puis recommencez."
    return (
        f"Le classeur « {source.name} » ne peut pas être lu : il est abîmé ou incomplet. "
        "Ouvrez-le dans le tableur et enregistrez-le de nouveau."
    )


def _counts_from_1904(source: SourceFile, content: bytes) -> bool:
    """Of an XLSX; the others keep the day with the cell. Announced sizes are looked at here, before it is unpacked."""
    if not content.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(info.file_size for info in archive.infolist()) > LARGEST:
            raise SourceError(f"Une fois décompressé, le classeur « {source.name} » {TOO_LARGE}")
        if "xl/workbook.xml" not in archive.namelist():
            return False
        with archive.open("xl/workbook.xml") as stream:
            return bool(DATE_1904.search(stream.read(1 << 16)))


def _filled(sheet: python_calamine.CalamineSheet, name: str, from_1904: bool) -> Sheet:
    """Cells of a sheet, each merged range filled with its one value."""
    cells = [[clean(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in _merged(sheet):
        if top < len(cells) and bottom - top < len(cells) and right - left < 50:
            _fill(cells, (top, left), (min(bottom, len(cells) - 1), right))
    while cells and not any(value is not None for value in cells[-1]):
        cells.pop()
    return Sheet(name, from_1904=from_1904, cells=cells)


def _merged(sheet: python_calamine.CalamineSheet) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        return sheet.merged_cell_ranges or ()
    except Exception:  # not every format says
        return ()


def _fill(cells: list[Row], start: tuple[int, int], end: tuple[int, int]) -> None:
    """A title over the whole width stays one cell: only what spans rows is repeated down, and headers to the right."""
    value = cells[start[0]][start[1]] if start[1] < len(cells[start[0]]) else None
    for number in range(start[0], end[0] + 1):
        row = cells[number]
        for place in range(start[1], min(end[1], len(row) - 1) + 1):
            if row[place] is None and (number > start[0] or end[1] - start[1] < len(row) - 1):
                row[place] = value
