"""One file per source: a source document in, canonical tables out.

To add a source, write a module with LABEL, `understands` and `read` (see `shape.Reader`) and name it in `READERS`.
"""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from calculators import faults
from calculators.records.folder import write_folder
from calculators.records.readers import adapted
from calculators.records.readers.cda import joined
from calculators.records.readers.shape import (
    Archives,
    Document,
    Imported,
    Reader,
    SourceError,
    SourceFile,
    Unmapped,
    documents,
)

__all__ = [
    "READERS",
    "Document",
    "Imported",
    "Reader",
    "SourceError",
    "SourceFile",
    "Unmapped",
    "import_sources",
    "read_documents",
    "read_sources",
]

READERS: tuple[Reader, ...] = (joined,)
HEAD = 4096
"""Bytes from which a reader tells whether a file is for it."""


def import_sources(paths: Sequence[Path], to: Path) -> Imported:
    """Read sources and write them as one data folder, whole or absent.

    Raises SourceError, or UnusableFolderError when `to` holds something else.
    """
    target = to.resolve()
    if inside := [path for path in paths if path.resolve().is_relative_to(target)]:
        raise SourceError(f"« {inside[0]} » est dans le dossier à écrire, « {to} » : choisissez un autre dossier.")
    imported = read_sources(paths)
    try:
        write_folder(to, imported.tables, imported.dataset)
    except OSError as problem:
        raise SourceError(f"Le dossier « {to} » ne peut pas être écrit : {faults.cause(problem)}.") from None
    return imported


def read_documents(paths: Sequence[Path]) -> tuple[list[Document], list[str]]:
    """The documents of files, folders and zip archives, and why others cannot be read (French): one never stops the rest."""
    found: list[Document] = []
    left: list[str] = []
    archives = Archives()
    try:
        for source in documents(paths, archives):
            try:
                _reader_of(source)
                found += adapted.documents([source])
            except SourceError as problem:
                left.append(str(problem))
    finally:
        archives.close()
    return found, left


def read_sources(paths: Sequence[Path]) -> Imported:
    """Read files, folders and zip archives with the readers that understand them. Raises SourceError."""
    given: dict[int, list[SourceFile]] = {}
    archives = Archives()
    try:
        for source in documents(paths, archives):
            given.setdefault(_reader_of(source), []).append(source)
        if not given:
            raise SourceError("Aucun fichier à lire : indiquez un fichier, une archive zip ou un dossier.")
        return _merge([READERS[number].read(sources) for number, sources in sorted(given.items())])
    finally:
        archives.close()


def _reader_of(source: SourceFile) -> int:
    head = source.content(HEAD)
    for number, reader in enumerate(READERS):
        if reader.understands(head):
            return number
    known = " ou ".join(reader.LABEL for reader in READERS)
    raise SourceError(f"Le fichier « {source.name} » n’est pas reconnu. Est lu : {known}.")


def _merge(parts: list[Imported]) -> Imported:
    """Tables end to end; one record cannot hold two patients of the same key."""
    if len(parts) == 1:
        return parts[0]
    if sum(_patients(part) for part in parts) > _patients(*parts):
        raise SourceError("Deux sources donnent la même clé à des patients différents : importez-les séparément.")
    names = dict.fromkeys(name for part in parts for name in part.tables)
    tables = {name: pa.concat_tables([part.tables[name] for part in parts if name in part.tables]) for name in names}
    about = [part.dataset for part in parts]
    first, last = max(one.covers_from for one in about), min(one.covers_to for one in about)
    if first > last:
        raise SourceError("Ces sources ne couvrent aucune période commune : importez-les séparément.")
    dataset = about[0].model_copy(
        update={
            "title": " + ".join(one.title for one in about),
            "source": " + ".join(one.source for one in about),
            "synthetic": all(one.synthetic for one in about),
            "extracted_on": max(one.extracted_on for one in about),
            "covers_from": first,
            "covers_to": last,
            "ald_known": all(one.ald_known for one in about),
            "c2s_known": all(one.c2s_known for one in about),
        }
    )
    read = {section: lines for part in parts for section, lines in part.read.items()}
    return Imported(tables, dataset, read, [one for part in parts for one in part.unmapped])


def _patients(*parts: Imported) -> int:
    """Number of different patient keys."""
    keys = [part.tables["patients"].column("patient_id").combine_chunks() for part in parts]
    return int(pc.count_distinct(pa.concat_arrays(keys)).as_py())
