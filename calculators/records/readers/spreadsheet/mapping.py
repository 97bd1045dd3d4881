"""Which column of a list is what, how that was found, and what the user said of it. Saved as `mapping.toml`."""

import hashlib
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

import tomli_w
from pydantic import BaseModel, ConfigDict

from calculators import faults, rules
from calculators.aside import file_aside
from calculators.errors import UserError
from calculators.records.readers.spreadsheet import headers

OF_FILE = "date du fichier"
"""How `as_of_from` begins when nothing in the list says its day."""
DATE_FORMS = {
    "fr": "jour/mois/année",
    "american": "mois/jour/année (américaine)",
    "intervertis": "jour et mois intervertis",
}
"""How the dates of a column may be said to be written; what a spreadsheet holds as a date is read as it is."""


class MappingError(UserError):
    """A `mapping.toml` that cannot be read, or an answer that fits no column."""


class Confidence(StrEnum):
    """`sure`: taken. `asked`: taken only once the user has said so. `none`: not one of the fields."""

    SURE = "sure"
    ASKED = "asked"
    NONE = "none"


@dataclass(frozen=True)
class ColumnMapping:
    """One column. `field` is empty when nothing is known of it."""

    position: int
    """From 0."""
    header: str
    field: str
    confidence: Confidence
    proposals: tuple[str, ...] = ()
    """Fields it may be, likeliest first."""
    why: str = ""
    """French: what it was told by, or what made it doubtful."""
    form: str = ""
    """How its cells are written: forms of `values.Day`, `american`, `1904`, a nomenclature."""

    @property
    def is_read(self) -> bool:
        return self.confidence is Confidence.SURE and bool(self.field) and headers.fields()[self.field].taken


@dataclass(frozen=True)
class Period:
    """Both days in."""

    first: date
    last: date


@dataclass(frozen=True)
class Mapping:
    """What a sheet holds."""

    kind: str
    """Id of a kind of list; empty when it cannot be told."""
    sheet: str
    encoding: str
    separator: str
    header_rows: tuple[int, ...]
    """Row numbers, from 1; empty when there is no header."""
    first_row: int
    """Number of the first row of data, from 1."""
    as_of: date
    """The day of the list: what is written in it, else in its name, else the day of the file."""
    as_of_from: str
    """Where that day was found, in French."""
    columns: tuple[ColumnMapping, ...]
    period: Period | None = None
    """The period a title says; what the list is complete for only once the user has said so."""
    complete: bool = False
    from_1904: bool = False

    @property
    def signature(self) -> str:
        """The same for every list with these headers in this order."""
        said = "\n".join(headers.fold(column.header) for column in self.columns)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def asked(self) -> tuple[ColumnMapping, ...]:
        """Columns that wait for an answer: they are not read."""
        return tuple(column for column in self.columns if column.confidence is Confidence.ASKED)

    def column(self, field: str) -> ColumnMapping | None:
        """The column read as a field."""
        return next((one for one in self.columns if one.field == field and one.confidence is Confidence.SURE), None)

    @property
    def is_dated(self) -> bool:
        """Does the list itself, or its name, say its day?"""
        return not self.as_of_from.startswith(OF_FILE)

    def dated(self, position: int, form: str) -> "Mapping":
        """The same with the dates of a column written another way: one of `DATE_FORMS`."""
        columns = tuple(replace(one, form=form) if one.position == position else one for one in self.columns)
        return replace(self, columns=columns)

    def said_complete(self, complete: bool) -> "Mapping":
        """The same, complete or not for its patients in its period."""
        return replace(self, complete=complete)

    def answered(self, answers: Table[int, str]) -> "Mapping":
        """The same once the user has said what these columns are; an empty field: none of those.

        Raises MappingError (French) when two columns are one field, or a field or a column does not exist.
        """
        places = {column.position for column in self.columns}
        for position, said in answers.items():
            if position not in places:
                raise MappingError(f"La colonne n° {position + 1} n’existe pas : la liste en a {len(places)}.")
            if said and said not in headers.fields():
                known = ", ".join(sorted(headers.fields()))
                raise MappingError(f"« {said} » n’est pas un contenu connu. Sont connus : {known}.")
        columns = tuple(_said(one, answers[one.position]) if one.position in answers else one for one in self.columns)
        taken = [one.field for one in columns if one.confidence is Confidence.SURE and one.field]
        if twice := sorted({field for field in taken if taken.count(field) > 1}):
            label = headers.fields()[twice[0]].label
            raise MappingError(f"Deux colonnes sont dites « {label} » : gardez-en une.")
        return with_kind(replace(self, columns=columns))


def _said(column: ColumnMapping, field: str) -> ColumnMapping:
    confidence = Confidence.SURE if field else Confidence.NONE
    return replace(column, field=field, confidence=confidence, why="dit par l’utilisateur")


def with_kind(mapping: Mapping) -> Mapping:
    """The kind of list that the columns make."""
    sure = {one.field for one in mapping.columns if one.confidence is Confidence.SURE and one.field}
    for kind in headers.kinds():
        if sure & set(kind.any) and not sure & set(kind.without):
            return replace(mapping, kind=kind.kind)
    return replace(mapping, kind="")


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    signature: str
    kind: str
    headers: tuple[str, ...]
    fields: tuple[str, ...]
    forms: tuple[str, ...]
    complete: bool = False


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    list: tuple[_Saved, ...] = ()


@dataclass(frozen=True)
class OfSheet:
    """What the user said of one sheet of one file, this time: the day of the list, the row of the header (from 1), the
    separator, and all its columns. None, empty: as detected, or as said before of one with the same headers."""

    as_of: date | None = None
    header_row: int | None = None
    separator: str = ""
    columns: "Mapping | None" = None


@dataclass(frozen=True)
class Mappings:
    """What the user said of lists of several headers, and of this file and sheet."""

    saved: Table[str, _Saved]
    of_sheets: Table[tuple[str, str], OfSheet] = field(default_factory=dict)

    def of_sheet(self, name: str, sheet: str = "") -> OfSheet:
        """`name`: of the file, as the user knows it."""
        return self.of_sheets.get((name, sheet), OfSheet())

    def applied(self, mapping: Mapping, name: str = "") -> Mapping:
        """A list detected, as the user said of one with the same headers; unchanged when he said nothing.

        What the cells now deny is asked again.
        """
        now = self.of_sheet(name, mapping.sheet)
        if now.columns is not None:
            mapping = now.columns
        if now.as_of is not None:
            mapping = replace(mapping, as_of=now.as_of, as_of_from="dit par l’utilisateur")
        if now.columns is not None:
            return mapping
        said = self.saved.get(mapping.signature)
        if said is None or len(said.fields) != len(mapping.columns):
            return mapping
        pairs = zip(mapping.columns, said.fields, said.forms, strict=True)
        columns = tuple(_reapplied(_as_written(one, form), name) for one, name, form in pairs)
        return with_kind(replace(mapping, columns=columns, complete=said.complete))


def _as_written(column: ColumnMapping, form: str) -> ColumnMapping:
    """Its dates as the user said they are written, when that is not how they were detected."""
    told = form in DATE_FORMS and form != column.form and (column.form in DATE_FORMS or form != "fr")
    return replace(column, form=form) if told else column


def _reapplied(column: ColumnMapping, said: str) -> ColumnMapping:
    if column.field == said and column.confidence is Confidence.SURE:
        return column
    if not said:
        return replace(column, field="", confidence=Confidence.NONE, why="laissée, comme la fois précédente")
    if column.proposals and said in column.proposals:
        return replace(column, field=said, confidence=Confidence.SURE, why="comme la fois précédente")
    return replace(
        column,
        field=said,
        confidence=Confidence.ASKED,
        proposals=(said, *column.proposals),
        why="la fois précédente, c’était ce contenu ; les cellules n’y ressemblent plus",
    )


def save(mapping: Mapping, path: Path) -> None:
    """Keep what was said of a list, in place of what was said before of one with the same headers. A file 0600."""
    kept = [one for one in read(path).saved.values() if one.signature != mapping.signature] if path.exists() else []
    said = _Saved(
        signature=mapping.signature,
        kind=mapping.kind,
        headers=tuple(one.header for one in mapping.columns),
        fields=tuple(one.field if one.confidence is Confidence.SURE else "" for one in mapping.columns),
        forms=tuple(one.form for one in mapping.columns),
        complete=mapping.complete,
    )
    content = {"list": [one.model_dump() for one in (*kept, said)]}
    with file_aside(path) as aside:
        aside.write_text(tomli_w.dumps(content), encoding="utf-8")
        aside.chmod(0o600)


def read(path: Path) -> Mappings:
    """What was said. Raises MappingError (French)."""
    try:
        found = rules.validate(tomllib.loads(path.read_text(encoding="utf-8")), _File, str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise MappingError(f"Le fichier « {path} » ne peut pas être lu : {faults.cause(problem)}.") from None
    except rules.RuleError as problem:
        raise MappingError(str(problem)) from None
    return of(found.list)


def of(said: Iterable[_Saved]) -> Mappings:
    return Mappings({one.signature: one for one in said})
