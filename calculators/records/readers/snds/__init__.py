"""SNDS: the tables of the DCIR (and of the ESND, which has the same) as CSV or parquet, for institutions that have access.

`convert` streams an extraction to a data folder, whatever its size; `read` gives a small one as a document.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from calculators import faults
from calculators.records.readers.shape import Covered, Document, Person, SourceError, SourceFile
from calculators.records.readers.snds.convert import MEMORY, Converted, convert
from calculators.records.readers.snds.files import header
from calculators.records.readers.snds.tables import table_of, tables

__all__ = ["KINDS", "MEMORY", "Converted", "convert", "read", "recognise"]

KINDS = ("snds",)
DOMAINS = ("acts", "biology", "deliveries")
"""What the claims of a person tell whole; the hospital's own care is in other tables."""
BLOCK = 1 << 20


def recognise(head: bytes, name: str) -> str | None:
    """`snds` for a file that starts as a table that is read; a parquet file, whose columns are at its end, by its name."""
    if head.startswith(b"PAR1"):
        file = name.replace("\\", "/").rpartition("/")[2].upper()
        return KINDS[0] if any(file.startswith(table) for table in tables()) else None
    return KINDS[0] if table_of(header(head)[0]) else None


def read(sources: Sequence[SourceFile]) -> Iterator[Document]:
    """All these files together are one extraction. Raises SourceError (French)."""
    with tempfile.TemporaryDirectory(prefix="snds-") as scratch, _on_disk(sources, Path(scratch)) as files:
        folder = Path(scratch) / "dossier"
        converted = convert(files, folder)
        yield _document(converted, folder, sources, _identity([path for path, _ in files]))


@contextmanager
def _on_disk(sources: Sequence[SourceFile], scratch: Path) -> Iterator[list[tuple[Path, str]]]:
    """Members of archives are unpacked; the others are read where they are."""
    files = []
    for number, source in enumerate(sources):
        if not source.member:
            files.append((source.path, source.name))
            continue
        unpacked = scratch / "archive" / str(number) / Path(source.member).name
        unpacked.parent.mkdir(parents=True)
        unpacked.write_bytes(source.content())
        files.append((unpacked, source.name))
    try:
        yield files
    except OSError as problem:
        raise SourceError(f"L’extraction du SNDS ne peut pas être lue : {faults.cause(problem)}.") from None
    finally:
        shutil.rmtree(scratch / "archive", ignore_errors=True)


def _identity(paths: list[Path]) -> str:
    """Of all contents, whatever the order in which the files are given."""
    return sha256("".join(sorted(_digest(path) for path in paths)).encode()).hexdigest()


def _digest(path: Path) -> str:
    known = sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            known.update(block)
    return known.hexdigest()


def _document(converted: Converted, folder: Path, sources: Sequence[SourceFile], identity: str) -> Document:
    found = {name: _table(folder, name) for name in converted.rows}
    people = tuple(
        Person(row["patient_id"], row["birth_date"], row["sex"], birth_precision="month", keeps_key=True)
        for row in found["patients"].select(["patient_id", "birth_date", "sex"]).to_pylist()
    )
    return Document(
        kind=KINDS[0],
        name=sources[0].name if len(sources) == 1 else f"{sources[0].path.parent} ({len(sources)} fichiers)",
        title=converted.dataset.title,
        source_id=identity,
        people=people,
        tables=found,
        covered=_covered(converted, people),
        created_on=converted.dataset.extracted_on,
        read=converted.read,
        unmapped=converted.unmapped,
        ald_known=converted.dataset.ald_known,
        c2s_known=converted.dataset.c2s_known,
    )


def _table(folder: Path, name: str) -> pa.Table:
    single = folder / f"{name}.parquet"
    files = [single] if single.exists() else sorted((folder / name).glob("*.parquet"))
    tables = [pq.ParquetFile(file).read() for file in files]
    schema = pa.schema([column.with_nullable(True) for column in tables[0].schema])
    return pa.concat_tables(table.cast(schema) for table in tables)


def _covered(converted: Converted, people: Sequence[Person]) -> tuple[Covered, ...]:
    if not converted.complete:
        return ()
    period: tuple[date, date] = (converted.dataset.covers_from, converted.dataset.covers_to)
    return tuple(Covered(person.key, domain, *period) for person in people for domain in DOMAINS)
