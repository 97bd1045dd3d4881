"""Whatever was given -> documents: each file goes to the reader of its kind, and none stops the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calculators.errors import UserError
from calculators.records import recognise
from calculators.records.readers import canonical, cda, drug_base, fhir, snds, spreadsheet
from calculators.records.readers.shape import Archives, Document, SourceError, SourceFile, Streamed
from calculators.records.recognise import Batch, Found

Progress = Callable[[str, float], None]
"""Told a sentence and the share done, from 0 to 1."""
Read = Callable[[Sequence[SourceFile]], Iterator[Document]]
READERS: dict[str, Read] = {
    **{kind: reader.read for reader in (cda, spreadsheet, canonical, drug_base, fhir, snds) for kind in reader.KINDS},
    "tableur": spreadsheet.read,
}
"""By kind of kinds.toml."""
ONE_BY_ONE = {*cda.KINDS, *spreadsheet.KINDS, "tableur"}
"""Kinds of which each file is read apart, so that a bad one is alone to be left."""
CONVERTED = (*snds.KINDS, *canonical.KINDS)
"""Kinds whose large files are converted from file to file."""
STREAMED = 100 * 1024 * 1024
"""Bytes from which they are no document among others."""
WRITTEN = "dossier à écrire : il n’est pas relu"


@dataclass(frozen=True)
class Taken:
    """What was given. `said`: what it is, in sentences, kind by kind; `left`: why files of a kind that is read could not be;
    `extraction`: the files of what is too large to be a document (SNDS, folder of tables), by path and name; `streamed`:
    their kinds."""

    documents: tuple[Document, ...]
    said: tuple[str, ...]
    left: tuple[str, ...] = ()
    extraction: tuple[tuple[Path, str], ...] = ()
    streamed: tuple[str, ...] = ()


def take(paths: Sequence[Path], to: Path | None = None, mappings: spreadsheet.Mappings | None = None) -> Taken:
    """Read files, folders and archives; what stands in `to`, the folder to be written, is left out. `mappings`: what the
    user said of his lists. Never raises for a file."""
    archives = Archives()
    try:
        found = [_outside(one, to) for one in recognise.walk(paths, archives)]
        documents: list[Document] = []
        left: list[str] = []
        extraction: list[tuple[Path, str]] = []
        streamed: list[str] = []
        for batch in recognise.batches(found):
            if _is_streamed(batch):
                extraction += [(source.path, source.name) for source in batch.sources]
                streamed.append(batch.kind)
            else:
                _read(batch, mappings, documents, left)
    finally:
        archives.close()
    return Taken(tuple(documents), tuple(recognise.summary(found)), tuple(left), tuple(extraction), tuple(streamed))


def convert(taken: Taken, to: Path, progress: Progress | None = None) -> Streamed:
    """Write the data folder `to` from what is too large to be documents. Raises UserError (French)."""
    if taken.documents or len(taken.streamed) > 1 or (to.exists() and any(to.iterdir())):
        raise SourceError(
            "Ces données sont trop grandes pour rejoindre d’autres documents : importez-les seules, dans un dossier vide ou "
            f"nouveau (« {to} » ne l’est pas, ou d’autres fichiers ont été donnés avec elles)."
        )
    if taken.streamed[0] in canonical.KINDS:
        return canonical.convert(taken.extraction, to, progress)
    converted = snds.convert(taken.extraction, to, progress)
    return Streamed(converted.read, converted.unmapped)


def _outside(found: Found, to: Path | None) -> Found:
    if to is not None and found.source.path.resolve().is_relative_to(to.resolve()):
        return Found(found.source, aside=WRITTEN)
    return found


def _is_streamed(batch: Batch) -> bool:
    """A member of an archive is never so large: archives are read within limits."""
    if batch.kind not in CONVERTED or any(source.member for source in batch.sources):
        return False
    return sum(source.path.stat().st_size for source in batch.sources) > STREAMED


def _read(batch: Batch, mappings: spreadsheet.Mappings | None, documents: list[Document], left: list[str]) -> None:
    alone = batch.kind in ONE_BY_ONE
    for sources in [[source] for source in batch.sources] if alone else [batch.sources]:
        try:
            documents.extend(_reader(batch.kind, mappings)(sources))
        except UserError as problem:
            left += str(problem).splitlines()


def _reader(kind: str, mappings: spreadsheet.Mappings | None) -> Read:
    read = READERS[kind]
    return (lambda sources: spreadsheet.read(sources, mappings)) if read is spreadsheet.read and mappings else read


def of_patients(documents: Iterable[Document]) -> bool:
    """Is somebody named?"""
    return any(document.people for document in documents)
