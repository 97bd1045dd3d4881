"""What a practice folder was made from: `sources.parquet`, one row per document, and which documents still speak.

A newer version of a document (same set, higher version) supersedes it; so does a document that says it replaces it. What is
superseded is kept, and speaks again when its successor is withdrawn. Nothing depends on the order of the imports: what
is newer is told by the day the documents were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from calculators.records.readers.shape import Document

FILE = "sources.parquet"
DOCTOR = b"doctor"
"""Metadata of the file: the doctor whom documents that name none are imported for."""
TEXT, DATE, FLAG, NUMBER = pa.string(), pa.date32(), pa.bool_(), pa.int64()
SCHEMA = pa.schema(
    [
        *(("source_id", TEXT), ("kind", TEXT), ("name", TEXT), ("title", TEXT)),
        *(("patient_ids", pa.list_(TEXT)), ("covers_from", DATE), ("covers_to", DATE)),
        *(("created_on", DATE), ("imported_on", DATE)),
        *(("lines_read", NUMBER), ("lines_kept", NUMBER), ("lines_aside", NUMBER), ("reasons", pa.list_(TEXT))),
        *(("document_id", TEXT), ("set_id", TEXT), ("version", NUMBER), ("replaces", pa.list_(TEXT))),
        *(("superseded_by", TEXT), ("synthetic", FLAG), ("ald_known", FLAG), ("c2s_known", FLAG)),
    ]
)


@dataclass(frozen=True)
class Source:
    """One row. `patient_ids`: keys of its patients in the folder; `superseded_by`: a source, null while it speaks."""

    source_id: str
    kind: str
    name: str
    title: str
    patient_ids: tuple[str, ...]
    covers_from: date | None
    covers_to: date | None
    created_on: date | None
    imported_on: date
    lines_read: int
    lines_kept: int
    lines_aside: int
    reasons: tuple[str, ...]
    document_id: str
    set_id: str
    version: int
    replaces: tuple[str, ...]
    superseded_by: str | None
    synthetic: bool
    ald_known: bool
    c2s_known: bool

    @property
    def age(self) -> tuple[date, int, str]:
        """In this order one document is newer than another."""
        return self.created_on or self.covers_to or date.min, self.version, self.source_id


def of(document: Document, today: date) -> Source:
    """The row of a document that is imported."""
    rows = sum(table.num_rows for name, table in document.tables.items() if name not in ("patients", "doctors"))
    days = [day for one in document.covered for day in (one.from_date, one.to_date)]
    return Source(
        source_id=document.source_id,
        kind=document.kind,
        name=Path(document.name).name,
        title=document.title,
        patient_ids=(),
        covers_from=min(days, default=None),
        covers_to=max(days, default=None),
        created_on=document.created_on,
        imported_on=today,
        lines_read=sum(document.read.values()),
        lines_kept=rows if document.kept is None else document.kept,
        lines_aside=sum(one.number for one in document.unmapped if one.aside),
        reasons=tuple(map(str, document.unmapped)),
        document_id=document.document_id,
        set_id=document.set_id,
        version=document.version,
        replaces=tuple(document.replaces),
        superseded_by=None,
        synthetic=document.synthetic,
        ald_known=document.ald_known,
        c2s_known=document.c2s_known,
    )


def superseded(sources: Iterable[Source]) -> list[Source]:
    """The same, each with the newest of those that supersede it, in the order of their age."""
    every = sorted(sources, key=lambda one: one.age)
    successors = {one.source_id: [other for other in every if _supersedes(other, one)] for one in every}
    for one in every:  # two that replace each other: the newer speaks
        successors[one.source_id] = [
            other for other in successors[one.source_id]
            if not (one in successors[other.source_id] and one.age > other.age)
        ]  # fmt: skip
    return [
        replace(one, superseded_by=max(found, key=lambda other: other.age).source_id if found else None)
        for one in every
        if (found := successors[one.source_id]) is not None
    ]


def _supersedes(newer: Source, older: Source) -> bool:
    if newer.source_id == older.source_id:
        return False
    if older.document_id and older.document_id in newer.replaces:
        return True
    return bool(newer.set_id) and newer.set_id == older.set_id and newer.version > older.version


LISTS = ("liste_patients",)


def last_day(sources: Iterable[Source], covers_to: date) -> date:
    """The day to judge when nobody chooses: the last one covered, or that of a later list of patients, who are on it from
    that day on."""
    listed = [one.created_on for one in sources if one.kind in LISTS and not one.superseded_by]
    return max([covers_to, *(day for day in listed if day)])


def speaking(sources: Iterable[Source]) -> list[Source]:
    """Those that nothing supersedes."""
    return [one for one in sources if one.superseded_by is None]


def read(folder: Path) -> list[Source]:
    """Sources of a folder, oldest first; none of a folder without the table."""
    if not (folder / FILE).is_file():
        return []
    return [_row(row) for row in pq.read_table(folder / FILE, schema=SCHEMA).to_pylist()]


def _row(row: Mapping[str, Any]) -> Source:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Source(**values)


def doctor(folder: Path) -> str:
    """The doctor whom documents that name none were imported for; empty when it was not said."""
    if not (folder / FILE).is_file():
        return ""
    return (pq.read_schema(folder / FILE).metadata or {}).get(DOCTOR, b"").decode()


def write(folder: Path, sources: Sequence[Source], doctor: str) -> None:
    """Write the table."""
    table = pa.Table.from_pylist([asdict(one) for one in sources], schema=SCHEMA)
    pq.write_table(table.replace_schema_metadata({DOCTOR: doctor.encode()}), folder / FILE, compression="zstd")
