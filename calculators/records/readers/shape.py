"""What a reader is given and what it gives back."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from calculators import faults
from calculators.errors import UserError

LARGEST = 200 * 1024 * 1024
"""Bytes of one file, and of all documents of one archive together: more is refused before it is read."""


SENTENCE = re.compile(r"(.*) \((\d+)\) : (.*?)(?: ; exemple : (.*))?", re.DOTALL)


Progress = Callable[[str, float], None]
"""Told a sentence and the share done, from 0 to 1."""


def quiet(_sentence: str, _share: float) -> None:
    """Nobody is told."""


class SourceError(UserError):
    """A source that cannot be imported; the message names the file and says what would be right."""


class Unmapped(NamedTuple):
    """What a source holds and the tables do not, or not wholly: what, how many, why (French). `example`: where the first
    one is and what it says; `aside`: its line is not taken at all."""

    what: str
    number: int
    reason: str
    example: str = ""
    aside: bool = True

    def __str__(self) -> str:
        shown = f" ; exemple : {self.example}" if self.example else ""
        return f"{self.what} ({self.number}) : {self.reason}{shown}"

    @classmethod
    def said(cls, sentence: str) -> "Unmapped":
        """What a sentence says that was made so; a sentence of another shape is a reason of one."""
        found = SENTENCE.fullmatch(sentence)
        return cls(found[1], int(found[2]), found[3], found[4] or "") if found else cls("", 1, sentence)


@dataclass(frozen=True)
class Person:
    """A patient as one document names him. `key` is his patient_id in the document's tables."""

    key: str
    birth: date | None
    sex: str
    """`F`, `M`, or `U` when it does not say."""
    birth_precision: str = "day"
    """`day`, `month` or `year`: what is known of `birth`, whose rest is conventional."""
    number: str = ""
    """INS or NIR as written, 13 or 15 characters without spaces; empty when it has none."""
    family: str = ""
    """Birth name; the one used when it is the only one."""
    given: str = ""
    """Given names of the birth act, in order, separated by spaces."""
    used_family: str = ""
    phone: str = ""
    email: str = ""
    keeps_key: bool = False
    """The source has an opaque key of its own, which stays his in the practice folder."""


class Covered(NamedTuple):
    """Days on which a document is complete for a patient, both in, by domain: `acts`, `stays`…"""

    key: str
    domain: str
    from_date: date
    to_date: date


class Streamed(NamedTuple):
    """What became of a source too large to be held, converted from file to file: lines met by table, and what was left."""

    read: Mapping[str, int]
    unmapped: tuple[Unmapped, ...]


@dataclass(frozen=True)
class Document:
    """What one source holds: canonical tables whose patient_id are the keys of its people, and what it says of itself.

    `tables` has no `patients` unless the source keeps keys (they are made from `people`), nothing that did not happen, and
    no row of another document.
    """

    kind: str
    """Id in `kinds.toml`."""
    name: str
    """As the user knows the file."""
    title: str
    source_id: str
    """SHA-256 of its content, in hexadecimal."""
    people: tuple[Person, ...]
    tables: Mapping[str, pa.Table]
    covered: tuple[Covered, ...] = ()
    created_on: date | None = None
    document_id: str = ""
    set_id: str = ""
    """Versions of one document share it; the highest supersedes."""
    version: int = 0
    replaces: tuple[str, ...] = ()
    """Document ids that this one replaces."""
    read: Mapping[str, int] = field(default_factory=dict)
    """Lines met, kept or not, by section."""
    kept: int | None = None
    """Lines that are in the tables; None: as many as these have rows."""
    unmapped: tuple[Unmapped, ...] = ()
    """What the tables do not hold."""
    proposed: tuple[Unmapped, ...] = ()
    """What it only suggests, for the doctor to declare (an ALD from a diagnosis, a médecin traitant)."""
    synthetic: bool = False
    ald_known: bool = False
    c2s_known: bool = False


UNREADABLE = (
    *(OSError, RuntimeError, NotImplementedError, EOFError, KeyError, ValueError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
"""What a file or an archive that is damaged, locked or gone raises."""


class Archives:
    """Archives opened once each while they are read: the list of members of one is as long as it has documents."""

    def __init__(self) -> None:
        self._opened: dict[tuple[Path, tuple[str, ...]], zipfile.ZipFile] = {}

    def of(self, path: Path, within: tuple[str, ...] = ()) -> zipfile.ZipFile:
        """The archive, or the one inside it at the end of the chain of members `within`, held in memory."""
        if (path, within) not in self._opened:
            inner = io.BytesIO(self.of(path, within[:-1]).read(within[-1])) if within else None
            self._opened[path, within] = zipfile.ZipFile(inner or path)
        return self._opened[path, within]

    def close(self) -> None:
        for archive in self._opened.values():
            archive.close()
        self._opened.clear()


@dataclass(frozen=True)
class SourceFile:
    """One document: a file, or a member of a zip archive. Its content is read when asked for, never kept."""

    path: Path
    member: str = ""
    archives: Archives = field(default_factory=Archives, compare=False, repr=False)
    within: tuple[str, ...] = ()
    """Archives inside the archive, from the outermost, that lead to the member."""
    shown: str = ""
    """Place in the archive, in readable letters, when the archive does not say it so."""

    @property
    def name(self) -> str:
        """As the user knows it."""
        place = self.shown or "/".join((*self.within, self.member))
        return f"{self.path} ({place})" if self.member else str(self.path)

    def content(self, size: int = -1) -> bytes:
        """The first `size` bytes, or everything. Raises SourceError when all of it is too large, or unreadable."""
        try:
            return self._read(size)
        except UNREADABLE as problem:
            raise SourceError(f"Le fichier « {self.name} » ne peut pas être lu : {faults.cause(problem)}.") from None

    def _read(self, size: int) -> bytes:
        if self.member:
            with self.archives.of(self.path, self.within).open(self.member) as stream:
                return stream.read(size)
        if size < 0 and self.path.stat().st_size > LARGEST:
            raise SourceError(f"Le fichier « {self.name} » {TOO_LARGE}")
        with self.path.open("rb") as stream:
            return stream.read(size)


TOO_LARGE = f"dépasse {LARGEST // 1024**2} Mo : un document médical est bien plus petit. Il n’a pas été lu."
