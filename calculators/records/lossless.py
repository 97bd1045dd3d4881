"""Canonical tables that others wrote: other types and other spellings that say the same, as SQL of DuckDB.

A column is read as its declared type whatever the file has, when nothing is lost: a timestamp at midnight is a day, a whole
float an integer, an integer a text, a text in French or ISO form a day. Spellings of keys, codes and departments become
the one of the documentation. A day that stands for « none » (1600, 2999, 9999) is a missing value, where one may be missing.
What would lose something is left as it is, for `check` to report, or refused with the file, the row and the value.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from calculators.engine import connect, literal, parquet
from calculators.records.encodings import encoding_of
from calculators.records.tables import Column, Table

SPACES = " \t\r\n\u00a0\u202f\ufeff"
SEPARATORS = ";,\t|"
HEAD = 1 << 16
CSV_LINE = 50
"""Bytes of a line, about."""
DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%Y/%m/%d")
YES, NO = ("true", "oui", "vrai", "1", "o"), ("false", "non", "faux", "0", "n")
OPEN_ENDS = ("to_date", "active_to", "died_on", "exit")
"""Days after which nothing follows: far in the future they are missing."""
CCAM = "[A-Z]{4}[0-9]{3}([ ./-]*[01]([ ./-]*[0-9])?)?"
"""With the activity 1 and the phase, or without; the anaesthesia of an act (activity 4) is another act."""


class Kind(StrEnum):
    """What a file has in a column."""

    TEXT = "text"
    DATE = "date"
    STAMP = "stamp"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    LIST = "list"
    NOTHING = "nothing"
    OTHER = "other"

    @property
    def in_french(self) -> str:
        """For a message."""
        return IN_FRENCH[self]


IN_FRENCH = {
    Kind.TEXT: "texte", Kind.DATE: "date", Kind.STAMP: "horodatage", Kind.INTEGER: "entier", Kind.DECIMAL: "nombre décimal",
    Kind.FLAG: "booléen", Kind.LIST: "liste", Kind.NOTHING: "vide", Kind.OTHER: "inconnu",
}  # fmt: skip
EXPECTED = {
    Kind.TEXT: "un texte, ou un nombre entier de moins de seize chiffres", Kind.INTEGER: "un nombre entier",
    Kind.DATE: "un jour (2025-03-01 ou 01/03/2025, sans heure)", Kind.FLAG: "oui ou non", Kind.DECIMAL: "un nombre",
    Kind.LIST: "une suite de codes séparés par +",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a file of a table is written."""

    kinds: Mapping[str, Kind]
    """By column that the file has."""
    encoding: str = ""
    separator: str = ""
    """Of a CSV; empty for parquet."""

    @property
    def is_csv(self) -> bool:
        return bool(self.separator)


def layout_of(file: Path) -> Layout:
    """Look at the head of a file. Raises pa.ArrowException, OSError or ValueError."""
    stat = file.stat()
    return _layout_of(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=50_000)
def _layout_of(file: Path, size: int, changed: int) -> Layout:
    if file.suffix.lower() != ".csv":
        return Layout({field.name: _kind(field.type) for field in pq.read_schema(file)})
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    encoding = encoding_of(head)
    first = head.decode(encoding, errors="ignore").lstrip("\ufeff").splitlines()[:1]
    if not first:
        raise ValueError("empty")
    separator = max(SEPARATORS, key=first[0].count)
    names = [name.strip().strip('"') for name in first[0].split(separator)]
    return Layout(dict.fromkeys(names, Kind.TEXT), encoding, separator)


@lru_cache(maxsize=1000)
def _kind(found: pa.DataType) -> Kind:
    if pa.types.is_dictionary(found):
        found = found.value_type
    tests = (
        (pa.types.is_null, Kind.NOTHING), (pa.types.is_string, Kind.TEXT), (pa.types.is_large_string, Kind.TEXT),
        (pa.types.is_string_view, Kind.TEXT), (pa.types.is_date32, Kind.DATE), (pa.types.is_date64, Kind.DATE),
        (pa.types.is_timestamp, Kind.STAMP), (pa.types.is_integer, Kind.INTEGER), (pa.types.is_floating, Kind.DECIMAL),
        (pa.types.is_decimal, Kind.DECIMAL), (pa.types.is_boolean, Kind.FLAG), (pa.types.is_list, Kind.LIST),
        (pa.types.is_large_list, Kind.LIST),
    )  # fmt: skip
    return next((kind for test, kind in tests if test(found)), Kind.OTHER)


def wanted(column: Column) -> Kind:
    """Kind of the declared type."""
    return _kind(column.type)


def can_be(found: Kind, column: Column) -> bool:
    """May a column of that kind say the same as the declared type?"""
    want = wanted(column)
    others = {
        Kind.TEXT: (Kind.INTEGER, Kind.DECIMAL),
        Kind.DATE: (Kind.STAMP, Kind.TEXT, Kind.INTEGER),
        Kind.INTEGER: (Kind.DECIMAL, Kind.TEXT),
        Kind.DECIMAL: (Kind.INTEGER, Kind.TEXT),
        Kind.FLAG: (Kind.INTEGER, Kind.DECIMAL, Kind.TEXT),
        Kind.LIST: (Kind.TEXT,),
    }
    return found in (want, Kind.NOTHING) or found in others.get(want, ())


def rows(files: Sequence[Path], layout: Layout) -> str:
    """The rows of files of one layout, with `filename` and `file_row_number` (from 0)."""
    if not layout.is_csv:
        return parquet(files, "filename = true", "file_row_number = true", "union_by_name = true")
    return "(" + " union all ".join(_csv(file, layout) for file in files) + ")"


def select(table: Table, partition: Mapping[str, str | None], layout: Layout, files: Sequence[Path]) -> str:
    """Every row of files of one layout as declared, with its `file` and its `row` (from 1). `partition`: columns whose
    value is in the path."""
    said = {column.name: _said(column, partition, layout) for column in table.columns}
    kinds = {**layout.kinds, **dict.fromkeys(partition, Kind.TEXT)}
    columns = ", ".join(
        f"{column_sql(table, column, kinds.get(column.name, Kind.NOTHING), said[column.name], said)} as {named(column)}"
        for column in table.columns
    )
    return f"select {columns}, filename as file, file_row_number + 1 as row from {rows(files, layout)}"


def _said(column: Column, partition: Mapping[str, str | None], layout: Layout) -> str:
    """What stands for a column: the path, the file, or nothing."""
    if column.name in partition:
        return literal(partition[column.name])
    if column.name in layout.kinds:
        return f'"{column.name}"'
    return LACKING.get(column.name, "null")


def _csv(file: Path, layout: Layout) -> str:
    """One file after the other, on one thread: the number of a row is its place."""
    names = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in layout.kinds)
    encoding = {"utf-8-sig": "utf-8", "cp1252": "latin-1", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(
        layout.encoding, layout.encoding
    )
    path = parquet([file]).partition("[")[2].partition("],")[0]
    read = (
        f"read_csv([{path}], header = true, delim = {literal(layout.separator)}, quote = '\"', escape = '\"', "
        f"columns = {{{names}}}, encoding = {literal(encoding)}, parallel = false, hive_partitioning = false, "
        "auto_detect = false, null_padding = true, nullstr = '')"
    )
    return f"select *, {literal(str(file.absolute()))} as filename, row_number() over () - 1 as file_row_number from {read}"


def column_sql(table: Table, column: Column, kind: Kind, said: str, of: Mapping[str, str]) -> str:
    """A column as declared: `said` is what the file (or its path) has for it, `of` that of every column of the table."""
    typed = _typed(column, kind, said)
    if wanted(column) is Kind.DATE:
        return _without_placeholders(column, typed)
    if wanted(column) is Kind.TEXT:
        return _spelt(table, column, typed, of)
    return typed


def named(column: Column) -> str:
    """Its name in SQL: that of a column may be a word of the language."""
    return f'"{column.name}"'


def type_name(column: Column) -> str:
    """Wide integers: a value too large for its declared type is for `check` to report, not a reason to stop."""
    names = {Kind.TEXT: "varchar", Kind.DATE: "date", Kind.FLAG: "boolean", Kind.DECIMAL: "double",
             Kind.LIST: "varchar[]"}  # fmt: skip
    return names.get(wanted(column), "bigint")


def _typed(column: Column, found: Kind, said: str) -> str:
    """A value of the declared type; null for what cannot be one, which `lossy` tells."""
    want, name = wanted(column), type_name(column)
    if found in (want, Kind.NOTHING) or (want is Kind.DECIMAL and found is Kind.INTEGER):
        return f"cast({said} as {name})"
    match want, found:
        case Kind.TEXT, Kind.INTEGER:
            return f"cast({said} as varchar)"
        case Kind.TEXT, Kind.DECIMAL:
            return f"cast(try_cast({said} as bigint) as varchar)"
        case Kind.DATE, Kind.STAMP:
            return f"cast({said} as date)"
        case Kind.DATE, _:
            return _day(f"trim(cast({said} as varchar), {literal(SPACES)})")
        case Kind.LIST, _:
            return _list(f"trim(cast({said} as varchar), {literal(SPACES)})")
        case Kind.FLAG, _:
            return _flag(f"lower(trim(cast({said} as varchar), {literal(SPACES)}))")
    return _number(name, f"trim(cast({said} as varchar), {literal(SPACES)})")


def _day(text: str) -> str:
    forms = ", ".join(literal(form) for form in DAY_FORMS)
    day = f"regexp_replace({text}, '[T ]00:00(:00(\\.0+)?)?Z?$', '')"
    return f"cast(try_strptime({day}, [{forms}]) as date)"


def _flag(text: str) -> str:
    yes, no = (", ".join(literal(word) for word in words) for words in (YES, NO))
    whole = f"regexp_replace({text}, '[.]0+$', '')"
    return f"case when {whole} in ({yes}) then true when {whole} in ({no}) then false end"


def _list(text: str) -> str:
    """« C09AA05 + C03AA03 »: two codes."""
    return f"case when {text} <> '' then list_transform(string_split({text}, '+'), lambda part: trim(part)) end"


def _number(name: str, text: str) -> str:
    """« 1,5 » is 1.5; an integer may be written « 12.0 »."""
    plain = f"replace({text}, ',', '.')"
    if name == "double":
        return f"try_cast({plain} as double)"
    return f"try_cast(regexp_replace({plain}, '[.]0+$', '') as bigint)"


def _without_placeholders(column: Column, day: str) -> str:
    if not column.nullable:
        return day
    far = f" or {day} >= date '2999-01-01'" if column.name in OPEN_ENDS else ""
    return f"case when {day} < date '1601-01-01'{far} then null else {day} end"


def _spelt(table: Table, column: Column, text: str, of: Mapping[str, str]) -> str:
    """One spelling for what has several."""
    plain = f"nullif(trim({text}, {literal(SPACES)}), '')"
    match column.name:
        case "code" if table.name == "acts":
            return _act_code(plain, f"lower(trim({of['system']}, {literal(SPACES)}))")
        case "code" if table.name == "devices":
            return _padded(plain, 5, 7)
        case "department":
            return _department(plain)
        case "performer_specialty" | "prescriber_specialty":
            return f"case when length({plain}) = 1 then '0' || {plain} else {plain} end"
        case "cip13":
            spaced = f"regexp_replace({plain}, '[ .\u00a0\u202f]', '', 'g')"
            return f"case when length({plain}) = 13 then {plain} else {spaced} end"
        case "atc" | "sex" | "ghm":
            return f"upper({plain})"
        case "label" | "source" | "unit" | "meaning" | "value":
            return text
    return f"lower({plain})" if column.values and column.name != "sex" else plain


def _act_code(code: str, system: str) -> str:
    upper = f"upper({code})"
    return (
        f"case {system} "
        f"when 'ccam' then case when length({code}) = 7 then {upper} "
        f"when regexp_full_match({upper}, '{CCAM}') then substr({upper}, 1, 7) else {code} end "
        f"when 'ngap' then {upper} "
        f"when 'nabm' then {_padded(code, 1, 4)} when 'lpp' then {_padded(code, 5, 7)} else {code} end"
    )


def _padded(code: str, least: int, digits: int) -> str:
    """A code of digits with the zeros that a spreadsheet ate, without spaces."""
    together = f"replace({code}, ' ', '')"
    is_number = f"regexp_full_match({together}, '[0-9]{{{least},{digits}}}')"
    padded = f"when {is_number} then lpad({together}, {digits}, '0')"
    return f"case when length({code}) = {digits} then {code} {padded} else {code} end"


def _department(code: str) -> str:
    """« 1 » → 01, « 2a » → 2A, « 075 » and « 02A » → 75 and 2A; anything else as it is."""
    return (
        f"case when regexp_full_match({code}, '[1-9]') then '0' || {code} "
        f"when regexp_full_match(upper({code}), '0?2[AB]') then right(upper({code}), 2) "
        f"when regexp_full_match({code}, '0[0-9]{{2}}') and {code} <> '000' then right({code}, 2) else {code} end"
    )


@dataclass(frozen=True)
class Respelt:
    """Values of a file that are read otherwise than they are written: how many, and the first."""

    column: str
    number: int
    row: int
    written: str
    read: str | None


def respelt(
    connection: duckdb.DuckDBPyConnection, file: Path, table: Table, partition: Mapping[str, str | None]
) -> Iterator[Respelt]:
    """What is read in another type or another spelling. Raises duckdb.Error."""
    layout = layout_of(file)
    said = {column.name: _said(column, partition, layout) for column in table.columns}
    asked = layout.kinds.keys() - partition.keys() - (set() if layout.is_csv else _empty_columns(file))
    for column in (column for column in table.columns if column.name in asked):
        read = column_sql(table, column, layout.kinds[column.name], said[column.name], said)
        as_written = read == f"cast({said[column.name]} as {type_name(column)})"
        if not as_written and (found := _respelt_column(connection, said, column, read, rows([file], layout))):
            yield found


def _empty_columns(file: Path) -> set[str]:
    """Those of a parquet file in which every value is missing, as its statistics say."""
    about = pq.read_metadata(file)
    groups = [about.row_group(place) for place in range(about.num_row_groups)]
    return {
        about.schema.column(place).path
        for place in range(about.num_columns)
        if all(_has_nothing(group.column(place)) for group in groups)
    }


def _has_nothing(chunk: pq.ColumnChunkMetaData) -> bool:
    found = chunk.statistics
    return found is not None and found.has_null_count and found.null_count == chunk.num_values


def _respelt_column(
    connection: duckdb.DuckDBPyConnection, said: Mapping[str, str], column: Column, read: str, source: str
) -> Respelt | None:
    """Each value once: a file has few, whatever its lines. An act's code is spelt as its system wants."""
    system = said.get("system", "")
    beside = [system] * (column.name == "code" and system.startswith('"'))
    names = ", ".join(dict.fromkeys([said[column.name], *beside]))
    values = f"select {names}, count(*) as n, min(file_row_number) as place from {source} group by {names}"
    spelt = f"cast({said[column.name]} as varchar) as written, cast({read} as varchar) as spelt"
    found = connection.sql(
        "select sum(n) as n, min(place) + 1 as row, arg_min(written, place) as written, "
        f"arg_min(struct_pack(v := spelt), place) as read from (select n, place, {spelt} from ({values}) met) spellings "
        "where written is distinct from spelt and written <> ''"
    )
    (one,) = found.to_arrow_table().to_pylist()
    return Respelt(column.name, int(one["n"]), one["row"], one["written"], one["read"]["v"]) if one["n"] else None


@dataclass(frozen=True)
class Lossy:
    """A value that the declared type cannot hold."""

    column: str
    row: int
    value: str
    number: int


def lines(file: Path) -> int:
    """How many rows a file has; about, for a CSV."""
    return file.stat().st_size // CSV_LINE if file.suffix.lower() == ".csv" else int(pq.read_metadata(file).num_rows)


def may_lack(column: Column) -> bool:
    """May a CSV be without the column? Its values are then missing, or what a missing one means for the others."""
    return column.nullable or column.name in LACKING


LACKING = {"first_installation": "false"}
"""Only asked of whoever has a day of installation."""


def lossy(file: Path, table: Table) -> Iterator[Lossy]:
    """Columns of other types in which something would be lost, with the first row. Raises duckdb.Error."""
    layout = layout_of(file)
    kinds = {column: layout.kinds.get(column.name, Kind.NOTHING) for column in table.columns}
    others = {column: kind for column, kind in kinds.items() if kind not in (wanted(column), Kind.NOTHING)}
    if not others:
        return
    with closing(connect()) as connection:
        for column, kind in others.items():
            said = named(column)
            if not (lost := _lost(column, kind, said)):
                continue
            found = connection.execute(
                f"select count(*), min(file_row_number) + 1, arg_min(cast({said} as varchar), file_row_number) "
                f"from {rows([file], layout)} where {lost}"
            ).fetchone()
            if found and found[0]:
                yield Lossy(column.name, int(found[1]), str(found[2]), int(found[0]))


def _lost(column: Column, found: Kind, said: str) -> str | None:
    match wanted(column), found:
        case Kind.DATE, Kind.STAMP:
            return f"{said} <> date_trunc('day', {said})"
        case ((Kind.TEXT | Kind.INTEGER), Kind.DECIMAL):
            return f"{said} <> trunc({said}) or abs({said}) >= 9007199254740992"
        case (Kind.TEXT, Kind.INTEGER) | (Kind.DECIMAL, Kind.INTEGER):
            return None
    return f"trim(cast({said} as varchar), {literal(SPACES)}) <> '' and {_typed(column, found, said)} is null"
