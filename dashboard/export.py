"""Result table -> CSV, XLSX, parquet or JSON: dates ISO, booleans true/false, missing empty, lists joined by ` ; `."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators import french
from calculators.aside import file_aside
from calculators.errors import UserError

JOINT = " ; "
BATCH = 100_000
LONGEST = 32_767
"""Characters a cell of a workbook may hold."""


def write(table: pa.Table, path: Path, raw: bool = False) -> None:
    """Write a table by the suffix of `path` (.csv, .parquet, .json), aside first: the file is whole or absent. `raw`: as
    for `write_csv`."""
    if not path.parent.is_dir():
        raise UserError(f"Le dossier « {path.parent} » n’existe pas : créez-le, ou choisissez un autre --out.")
    with file_aside(path) as aside:
        _write_aside(table, aside, path.suffix, raw)


def _write_aside(table: pa.Table, path: Path, suffix: str, raw: bool) -> None:
    if suffix == ".parquet":
        pq.write_table(table, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        if suffix == ".json":
            json.dump(table.to_pylist(), file, ensure_ascii=False, default=_json, indent=1)
        else:
            write_csv(table, file, raw)


def write_csv(table: pa.Table, file: TextIO, raw: bool = False) -> None:
    """CSV for programs: comma, UTF-8. A text that a spreadsheet would run as a formula gets an apostrophe, unless `raw`;
    numbers and days are left alone."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=BATCH):
        rows = pa.table(batch)
        writer.writerows(_rows(rows if raw else _harmless(rows)))


def _harmless(table: pa.Table) -> pa.Table:
    """Texts (and lists of them, as they are printed) that start like a formula, with an apostrophe before them."""
    columns = [_with_apostrophe(_as_text(column)) if _is_text(column.type) else column for column in table.columns]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_list(kind)


def _with_apostrophe(texts: pa.Array) -> pa.Array:
    runs = pc.match_substring_regex(texts, r"^[=+\-@\t\r]")
    return pc.if_else(runs, pc.binary_join_element_wise("'", texts, ""), texts)


def excel_csv(table: pa.Table, source: str = "") -> bytes:
    """CSV that French Excel opens as it is: semicolon, BOM, decimal comma, and no text that would run as a formula.
    `source`: a last line."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(table.column_names)
    floats = [pa.types.is_floating(field.type) for field in table.schema]
    for row in _rows(_harmless(table)):
        writer.writerow(
            [value.replace(".", ",") if value and comma else value for value, comma in zip(row, floats, strict=True)]
        )
    if source:
        writer.writerow([source])
    return file.getvalue().encode("utf-8-sig")


def xlsx(table: pa.Table, source: str = "") -> bytes:
    """A workbook that opens as it is: text is text and never a formula, a link or a number; days are days. `source`: on a
    sheet of its own, so that the table stays one."""
    import xlsxwriter  # only when asked for: the command line does without

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Liste")
        bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "dd/mm/yyyy"})
        for place, field in enumerate(table.schema):
            cells = _cells(table[field.name])
            sheet.set_column(place, place, _width(field.name, cells))
            sheet.write_string(0, place, field.name, bold)
            for line, value in enumerate(cells, start=1):
                if isinstance(value, date):
                    sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), day)
                elif isinstance(value, (bool, str)):
                    sheet.write_string(line, place, str(value)[:LONGEST])
                elif value is not None:
                    sheet.write_number(line, place, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(table.num_rows, 1), max(table.num_columns - 1, 0))
        if source:
            book.add_worksheet("Source").write_string(0, 0, source)
    return file.getvalue()


def unprinted(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    """A table of texts as a spreadsheet wants it: a column of numbers, of euros or of percents (its unit then goes in its
    heading) as numbers, its « – » as nothing; any other as text."""
    made: dict[str, pa.Array] = {}
    for head, cells in columns.items():
        unit, numbers = _numbers(cells)
        made[f"{head} ({unit})" if unit else head] = (
            pa.array([french.plain(one) for one in cells], pa.string()) if numbers is None else numbers
        )
    return pa.table(made)


def _numbers(cells: Sequence[str]) -> tuple[str, pa.Array | None]:
    """The common unit of these cells and their numbers; none when one of them is no number, or is in another unit."""
    found = [NUMBER.fullmatch(french.plain(cell)) for cell in cells if cell not in NOTHING]
    units = {one[2] for one in found if one}
    if not found or not all(found) or len(units) > 1:
        return "", None
    values = [None if cell in NOTHING else NUMBER.fullmatch(french.plain(cell)) for cell in cells]
    kind = pa.float64() if any(one and "," in one[1] for one in values) else pa.int64()
    return units.pop(), pa.array([one and _read(one[1]) for one in values], kind)


def _read(text: str) -> float:
    """« −1 234,5 »."""
    bare = text.replace("−", "-").replace(" ", "")
    return float(bare.replace(",", ".")) if "," in bare else int(bare)


NOTHING = ("–", "")
NUMBER = re.compile(r"([+\-−]?\d{1,3}(?: \d{3})*(?:,\d+)?|[+\-−]?\d+(?:,\d+)?) ?(€|%|)")


def _cells(column: pa.ChunkedArray) -> list[Any]:
    return (_as_text(column) if pa.types.is_list(column.type) else column).to_pylist()


def _width(name: str, cells: list[Any]) -> int:
    """Wide enough for the heading and most cells, in characters."""
    longest = max((10 if isinstance(cell, date) else len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(len(name) + 3, longest + 1), 60)


def _rows(table: pa.Table) -> Iterator[tuple[str | None, ...]]:
    columns = [_as_text(column.combine_chunks()).to_pylist() for column in table.columns]
    return zip(*columns, strict=True)


def _as_text(column: pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.string())), JOINT)
    return column.cast(pa.string())


def _json(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))
