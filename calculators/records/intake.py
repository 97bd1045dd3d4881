"""Whatever was given -> documents: each file goes to the reader of its kind, and none stops the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from calculators.errors import UserError
from calculators.records import recognise
from calculators.records.readers import canonical, cda, drug_base, fhir, snds, spreadsheet
from calculators.records.readers.shape import Archives, Document, Progress, SourceError, SourceFile, Streamed, quiet
from calculators.records.readers.spreadsheet import Mapping
from calculators.records.recognise import Batch, Found, Said

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


@dataclass(frozen=True)
class Looked:
    """What was given, before it is read. `said`: kind by kind; `lists`: each sheet of the lists, by the name of its file,
    with what its columns are; `left`: why a list cannot be opened."""

    said: tuple[Said, ...]
    lists: tuple[tuple[SourceFile, Mapping], ...] = ()
    left: tuple[str, ...] = ()

    @property
    def is_something_read(self) -> bool:
        return any(one.is_read for one in self.said)


def look(paths: Sequence[Path], archives: Archives, mappings: spreadsheet.Mappings | None = None) -> Looked:
    """Recognise files, folders and archives, and what the columns of lists are, without reading them. The files of the
    lists are open as long as `archives` is. Never raises for a file."""
    found = list(recognise.walk(paths, archives))
    lists: list[tuple[SourceFile, Mapping]] = []
    left: list[str] = []
    for batch in recognise.batches(found):
        for source in batch.sources if READERS[batch.kind] is spreadsheet.read else ():
            try:
                lists += [(source, one) for one in spreadsheet.detect(source, mappings)]
            except UserError as problem:
                left += str(problem).splitlines()
    return Looked(tuple(recognise.told(found)), tuple(lists), tuple(left))


def take(
    paths: Sequence[Path],
    to: Path | None = None,
    mappings: spreadsheet.Mappings | None = None,
    told: Progress = quiet,
) -> Taken:
    """Read files, folders and archives; what stands in `to`, the folder to be written, is left out. `mappings`: what the
    user said of his lists; `told`: how far it is. Never raises for a file."""
    archives = Archives()
    try:
        found = [_outside(one, to) for one in recognise.walk(paths, archives)]
        documents: list[Document] = []
        left: list[str] = []
        extraction: list[tuple[Path, str]] = []
        streamed: list[str] = []
        done, files = 0, sum(len(batch.sources) for batch in recognise.batches(found)) or 1
        for batch in recognise.batches(found):
            if _is_streamed(batch):
                extraction += [(source.path, source.name) for source in batch.sources]
                streamed.append(batch.kind)
                continue
            for sources in _alone(batch):
                told(recognise.KINDS[batch.kind].plural, done / files)
                _read(batch.kind, sources, mappings, documents, left)
                done += len(sources)
    finally:
        archives.close()
    return Taken(tuple(documents), tuple(recognise.summary(found)), tuple(left), tuple(extraction), tuple(streamed))


def convert(taken: Taken, to: Path, progress: Progress = quiet) -> Streamed:
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


def _alone(batch: Batch) -> list[list[SourceFile]]:
    """What is read in one call."""
    return [[source] for source in batch.sources] if batch.kind in ONE_BY_ONE else [list(batch.sources)]


def _read(
    kind: str,
    sources: Sequence[SourceFile],
    mappings: spreadsheet.Mappings | None,
    documents: list[Document],
    left: list[str],
) -> None:
    try:
        for document in _reader(kind, mappings)(sources):
            if document.people or document.kind not in spreadsheet.KINDS:
                documents.append(document)
            else:  # kept, it would be there already once its columns are told
                left.append(_nobody(document))
    except UserError as problem:
        left += str(problem).splitlines()


def _nobody(document: Document) -> str:
    """Why nothing of a list is taken: what most of its lines lack, and the columns that wait for an answer."""
    aside = [one for one in document.unmapped if one.aside]
    why = max(aside, key=lambda one: one.number).reason if aside else "il n’y a pas de ligne de données"
    asked = [one.what for one in document.unmapped if one.reason.startswith("à préciser")]
    more = f" Il reste à dire sur la page Données ce que contient : {', '.join(asked)}." if asked else ""
    return f"« {document.name} » : aucun patient n’y est reconnu ({why}).{more}"


def _reader(kind: str, mappings: spreadsheet.Mappings | None) -> Read:
    read = READERS[kind]
    return (lambda sources: spreadsheet.read(sources, mappings)) if read is spreadsheet.read and mappings else read


def of_patients(documents: Iterable[Document]) -> bool:
    """Is somebody named?"""
    return any(document.people for document in documents)
