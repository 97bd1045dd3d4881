"""Files of an SNDS extraction: what each is, its columns, and the parts (flux months) in which claims are read."""

import csv
import gzip
import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from calculators import faults
from calculators.engine import literal, parquet
from calculators.records.readers.shape import SourceError
from calculators.records.readers.snds.columns import expression, identifier
from calculators.records.readers.snds.tables import SndsTable, found_name, rules, table_of

HEAD = 1 << 16
SEPARATORS = ",;\t|"
MONTH = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])")
MB = 1024**2
CSV_LINE = 150
"""Bytes of a line of claims in CSV, about."""
TYPES_FOUND: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_integer, "INTEGER"),
    (pa.types.is_floating, "DOUBLE"),
    (pa.types.is_decimal, "DECIMAL"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP"),
)


@dataclass(frozen=True)
class SndsFile:
    """One file: its table, and its columns with the type in which DuckDB reads each."""

    path: Path
    name: str
    """As the user knows it."""
    table: SndsTable
    columns: dict[str, str]
    separator: str = ""
    """Of a CSV file; empty for parquet."""
    encoding: str = "utf-8"

    @cached_property
    def size(self) -> int:
        """Bytes, as CSV would have them: a parquet file holds many more lines than it seems."""
        return pq.read_metadata(self.path).num_rows * CSV_LINE if not self.separator else self.path.stat().st_size

    @property
    def month(self) -> str:
        """The flux month that its name says, AAAAMM; empty when it says none."""
        found = MONTH.findall(self.name.rpartition("/")[2].upper().removeprefix(self.table.name))
        return found[-1] if found else ""

    @property
    def used(self) -> dict[str, str]:
        """Columns that are used and that the file has: the name of the table, the file's own."""
        found = {name: found_name(name, list(self.columns)) for name in self.table.used}
        return {name: own for name, own in found.items() if own is not None}

    @property
    def types(self) -> tuple[tuple[str, str], ...]:
        """Type of each column that is used."""
        return tuple((name, self.columns[own]) for name, own in self.used.items())

    @property
    def layout(self) -> tuple[object, ...]:
        """Files of one layout are read by one call."""
        return tuple(self.columns.items()), self.separator, self.encoding


def selected(table: SndsTable, files: Sequence[SndsFile]) -> str:
    """A query of the used columns of some files of a table, each in the type of its kind; no row when there is no file.

    Files of equal types share their expressions, for planning a query takes longer than reading a small file.
    """
    if not files:
        nothing = ", ".join(f"{expression(name, kind, None)} as {name.lower()}" for name, kind in table.used.items())
        return f"select {nothing} where false"
    return " union all ".join(
        "select "
        + ", ".join(
            f"{expression(name, kind, dict(types).get(name))} as {name.lower()}" for name, kind in table.used.items()
        )
        + f" from ({as_written(alike)})"
        for types, alike in _grouped(files, lambda file: file.types)
    )


def as_written(files: Sequence[SndsFile]) -> str:
    """A query of the used columns of files of equal types, as they have them, under the names of the table."""
    return " union all ".join(
        "select "
        + ", ".join(f"{identifier(own)} as {name}" for name, own in alike[0].used.items())
        + f" from {_rows(alike)}"
        for _, alike in _grouped(files, lambda file: file.layout)
    )


def _grouped(files: Sequence[SndsFile], by: Callable[[SndsFile], Any]) -> list[tuple[Any, list[SndsFile]]]:
    groups = defaultdict(list)
    for file in files:
        groups[by(file)].append(file)
    return list(groups.items())


def _rows(files: Sequence[SndsFile]) -> str:
    """The rows of files of one layout, in the SQL of DuckDB."""
    first = files[0]
    if not first.separator:
        return parquet([file.path for file in files])
    spelt = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in first.columns)
    paths = ", ".join(literal(_no_pattern(file.path)) for file in files)
    return (
        f"read_csv([{paths}], auto_detect = false, header = true, delim = {literal(first.separator)}, quote = '\"', "
        f"escape = '\"', encoding = {literal(first.encoding)}, hive_partitioning = false, columns = {{{spelt}}})"
    )


def _no_pattern(path: Path) -> str:
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))


def open_file(path: Path, name: str = "") -> SndsFile | None:
    """What a file is; None when it is no table that is read. Raises SourceError when a table cannot be read."""
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
        found = _parquet(path, name) if start == b"PAR1" else _csv(path, name)
    except (OSError, EOFError, zlib.error, pa.ArrowException) as problem:
        raise SourceError(f"Le fichier « {name} » ne peut pas être lu : {faults.cause(problem)}.") from None
    if found and (missing := found.table.missing(list(found.columns))):
        raise SourceError(
            f"Le fichier « {name} » est une table {found.table.name} du SNDS à laquelle il manque : "
            f"{', '.join(missing)}. Refaites l’extraction avec ces colonnes."
        )
    return found


def _parquet(path: Path, name: str) -> SndsFile | None:
    schema = pq.read_schema(path)
    table = table_of(schema.names)
    return SndsFile(path, name, table, {field.name: _type(field.type) for field in schema}) if table else None


def _type(found: pa.DataType) -> str:
    """As DuckDB reads it, which is all that `columns.py` turns on."""
    if pa.types.is_dictionary(found):
        found = found.value_type
    for is_so, name in TYPES_FOUND:
        if is_so(found):
            return name
    return "VARCHAR" if pa.types.is_string(found) or pa.types.is_large_string(found) else str(found).upper()


def _csv(path: Path, name: str) -> SndsFile | None:
    head = _head(path)
    columns, separator = header(head)
    table = table_of(columns)
    if table is None:
        return None
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "latin-1"
    return SndsFile(path, name, table, dict.fromkeys(columns, "VARCHAR"), separator, encoding)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.startswith(b"\x1f\x8b"):
        return head
    with gzip.open(path, "rb") as unpacked:
        return unpacked.read(HEAD)


def header(head: bytes) -> tuple[list[str], str]:
    """Columns of the first line, and what separates them."""
    line = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:1]
    text = line[0].decode("latin-1") if line else ""
    separator = max(SEPARATORS, key=text.count)
    try:
        names = next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        names = []
    return names if len(set(names)) == len(names) and all(names) else [], separator


@dataclass(frozen=True)
class Extraction:
    """The tables of one extraction."""

    files: tuple[SndsFile, ...]
    named: tuple[str, ...] = ()
    """Files that are no table that is read."""
    twice: tuple[str, ...] = ()
    """Files of which the content is that of another."""

    def of(self, table: str) -> list[SndsFile]:
        return [file for file in self.files if file.table.name == table]

    @property
    def claims(self) -> list[SndsFile]:
        return [file for file in self.files if file.table.claims]

    @cached_property
    def months(self) -> dict[str, list[SndsFile]]:
        """Claims by flux month (AAAAMM) as the names of files say it, in order; empty when one says none."""
        months = defaultdict(list)
        for file in self.claims:
            months[file.month].append(file)
        return {} if "" in months else dict(sorted(months.items()))

    @cached_property
    def parts(self) -> list[tuple[list[str], list[SndsFile]]]:
        """What is read at once: months that follow one another, as many as make a part; all when names say no month."""
        if not self.months:
            return [([], self.claims)]
        parts: list[tuple[list[str], list[SndsFile]]] = []
        filled = 0
        for month, files in self.months.items():
            size = sum(file.size for file in files)
            if not parts or filled + size > rules().part_mb * MB or len(parts[-1][0]) == rules().part_months:
                parts.append(([], []))
                filled = 0
            parts[-1][0].append(month)
            parts[-1][1].extend(files)
            filled += size
        return parts

    @property
    def must_be_cut(self) -> bool:
        """Too much for one part?"""
        return not self.months and sum(file.size for file in self.claims) > rules().part_mb * MB


def extraction(given: Iterable[tuple[Path, str]]) -> Extraction:
    """The tables among files (path, name as the user knows it). Raises SourceError."""
    files: list[SndsFile] = []
    named: list[str] = []
    twice: list[str] = []
    seen: dict[tuple[int, str], str] = {}
    for path, name in _once(given, seen, twice):
        found = open_file(path, name)
        if found is None:
            named.append(name)
        else:
            files.append(found)
    return Extraction(tuple(files), tuple(named), tuple(twice))


def _once(
    given: Iterable[tuple[Path, str]], seen: dict[tuple[int, str], str], twice: list[str]
) -> Iterator[tuple[Path, str]]:
    """A file given twice under two names would count everything twice."""
    sizes = defaultdict(list)
    for path, name in given:
        sizes[path.stat().st_size].append((path, name))
    for size, alike in sizes.items():
        for path, name in alike:
            key = (size, _digest(path) if len(alike) > 1 else "")
            if key in seen:
                twice.append(name)
            else:
                seen[key] = name
                yield path, name


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass
class Notes:
    """What was met and what was left, counted while parts go by."""

    read: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    aside: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fluxes: set[str] = field(default_factory=set)
