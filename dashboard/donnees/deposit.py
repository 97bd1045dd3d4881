"""The files that were dropped and wait, and their import: one at a time for a server, found again after a refresh.

Files are kept in a folder of the visit, looked at, then read and added by a thread: whoever shows the page asks how far it
is. A failure is a sentence, and the practice folder is as it was.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from calculators import faults
from calculators.errors import UserError
from calculators.french import number
from calculators.records import intake, practice, recents
from calculators.records.intake import Looked, Taken
from calculators.records.practice import Changed
from calculators.records.readers import spreadsheet
from calculators.records.readers.shape import Archives, SourceError, SourceFile, Streamed
from calculators.records.readers.spreadsheet import Mapping, MappingError, Mappings, OfSheet, PreviewLine
from dashboard.serving import visits

MOST = 200
"""Megabytes of one deposit, in all."""
UNFORESEEN = "Une erreur imprévue a interrompu l’import : rien n’a changé. Essayez les fichiers un par un."
TOO_MUCH = f"Plus de {MOST} Mo en tout : donnez ces fichiers en plusieurs fois, ou par « tableau-mt import »."


class Step(Enum):
    """Where a deposit is."""

    LOOKING = "looking"
    WAITING = "waiting"
    IMPORTING = "importing"
    DONE = "done"


class Given(Protocol):
    """A file as the browser sends it."""

    @property
    def name(self) -> str: ...

    def getbuffer(self) -> memoryview: ...


@dataclass(frozen=True)
class Target:
    """The folder that receives them, the doctor whose patients they are (may be empty), and the day of the import."""

    folder: Path
    doctor: str
    today: date


@dataclass(frozen=True)
class Outcome:
    """What an import did: the folder and what changed in it, and sentences about files that were left; `converted`: what
    became of data too large to be documents. `fault`: why nothing was done, else empty."""

    folder: Path
    changed: Changed = field(default_factory=Changed)
    left: tuple[str, ...] = ()
    converted: Streamed | None = None
    fault: str = ""


@dataclass(frozen=True)
class List:
    """One sheet that waits: its file as the user knows it, what its columns are."""

    source: SourceFile
    shown: str
    columns: Mapping

    @property
    def place(self) -> tuple[str, str]:
        """What it is known by."""
        return self.source.name, self.columns.sheet


class Deposit:
    """Files that wait. What it says is read by the pages while its thread works."""

    def __init__(self, given: Sequence[Given], saved: Mappings, run: Callable[[Callable[[], None]], None]) -> None:
        self.visit, self.is_opened = visits.begin(), False
        self.step, self.sentence, self.share = Step.LOOKING, "Les fichiers sont examinés", 0.0
        self.looked, self.outcome = Looked(()), Outcome(self.visit.path)
        self._run, self._saved, self._archives = run, saved, Archives()
        self._told: dict[tuple[str, str], OfSheet] = {}
        self._files: list[Path] = []
        self._receive(given)
        run(self._look)

    @property
    def count(self) -> int:
        """How many files wait."""
        return len(self._files)

    @property
    def mappings(self) -> Mappings:
        """What was said of lists, in the folder and here."""
        return replace(self._saved, of_sheets=dict(self._told))

    @property
    def lists(self) -> list[List]:
        return [List(source, self.shown(source.name), columns) for source, columns in self.looked.lists]

    def shown(self, sentence: str) -> str:
        """With the names of files as the user gave them."""
        return re.sub(re.escape(str(self.visit.path)) + r"[\\/]\d+[\\/]", "", sentence)

    def more(self, given: Sequence[Given]) -> None:
        """Other files beside these. Raises UserError (French): too large together."""
        if self.step is not Step.WAITING:
            return
        new = [one for one in given if not self._has(one)]
        _refuse_too_much(new, sum(file.stat().st_size for file in self._files))
        try:
            self._receive(new)
        except OSError as problem:
            raise _not_received(problem) from None
        self.step, self.sentence, self.share = Step.LOOKING, "Les fichiers sont examinés", 0.0
        self._run(self._look)

    def _receive(self, given: Sequence[Given]) -> None:
        """What is here already, under that name, is not kept twice: it would be read, and told, twice."""
        for one in given:
            if not self._has(one):
                self._files.append(_written(self.visit.path, one))

    def _has(self, given: Given) -> bool:
        return any(_is_the_same(file, given) for file in self._files)

    def tell(self, place: tuple[str, str], **said: Any) -> None:
        """Something about one list: its day, its header, its separator, its columns. Raises MappingError."""
        before = self._told.get(place, OfSheet())
        if said.keys() & {"header_row", "separator"}:
            before = replace(before, columns=None)
        self._told[place] = replace(before, **said)
        if "separator" in said:  # of the whole file
            self._told[place[0], ""] = replace(self._told.get((place[0], ""), OfSheet()), separator=said["separator"])
        if said.keys() != {"columns"}:
            self._detect()
        else:
            self._put(place, said["columns"])

    def preview(self, one: List) -> list[PreviewLine]:
        """Its first lines, as they will be read. Raises SourceError."""
        return spreadsheet.preview(one.source, one.columns)

    def to(self, target: Target) -> None:
        """Read and add them to a folder."""
        if self.step is not Step.WAITING:
            return
        self.step, self.sentence, self.share = Step.IMPORTING, "Les fichiers sont lus", 0.0
        self._run(lambda: self._import(target))

    def end(self) -> None:
        """Be rid of the files."""
        self._archives.close()
        visits.end(self.visit)

    def _put(self, place: tuple[str, str], columns: Mapping) -> None:
        lists = tuple(
            (source, columns if (source.name, found.sheet) == place else found) for source, found in self.looked.lists
        )
        self.looked = replace(self.looked, lists=lists)

    def _detect(self) -> None:
        sources = {source.name: source for source, _ in self.looked.lists}
        lists = [(one, found) for one in sources.values() for found in spreadsheet.detect(one, self.mappings)]
        self.looked = replace(self.looked, lists=tuple(lists))

    def _look(self) -> None:
        try:
            self.looked = intake.look(self._files, self._archives, self.mappings)
        except Exception as fault:
            self.outcome = replace(self.outcome, fault=_sentence(fault))
        self.step = Step.WAITING

    def _import(self, target: Target) -> None:
        try:
            self.outcome = self._added(target)
            self.step = Step.DONE
            self.end()
        except Exception as fault:  # whatever it is, the page says it, and the files are still there
            self.outcome = Outcome(target.folder, fault=self.shown(_sentence(fault)))
            self.step = Step.WAITING

    def _added(self, target: Target) -> Outcome:
        taken = intake.take(
            self._files, target.folder, self.mappings, lambda kind, share: self._tell(f"Lecture : {kind}", 0.85 * share)
        )
        if taken.extraction:
            return self._converted(taken, target)
        if not taken.documents:
            raise SourceError("\n".join(taken.left) or "Aucun de ces fichiers ne peut être lu : rien n’a changé.")
        documents = number(len(taken.documents))
        self._tell(
            f"{documents} documents rejoignent le dossier" if len(taken.documents) > 1 else "Le dossier s’écrit", 0.9
        )
        changed = practice.add(target.folder, taken.documents, target.doctor, today=target.today)
        for place, said in self._told.items():
            if said.columns is not None and place[0] in {source.name for source, _ in self.looked.lists}:
                spreadsheet.save_mapping(said.columns, target.folder / practice.MAPPING)
        _remember(target.folder)
        return Outcome(target.folder, changed, tuple(map(self.shown, (*taken.left, *changed.left))))

    def _converted(self, taken: Taken, target: Target) -> Outcome:
        """What is too large to be documents is a folder of its own."""
        done = intake.convert(
            taken, target.folder, lambda sentence, share: self._tell(f"Conversion : {sentence}", share)
        )
        _remember(target.folder)
        return Outcome(target.folder, left=tuple(map(self.shown, taken.left)), converted=done)

    def _tell(self, sentence: str, share: float) -> None:
        self.sentence, self.share = sentence, min(1.0, share)


def _remember(folder: Path) -> None:
    if visits.of(folder) is None:
        recents.remember(folder)


def _is_the_same(file: Path, given: Given) -> bool:
    return (
        file.name == _name(given)
        and file.stat().st_size == len(given.getbuffer())
        and file.read_bytes() == given.getbuffer()
    )


def _name(given: Given) -> str:
    return Path(given.name).name or "document"


def _written(visit: Path, given: Given) -> Path:
    """A file under its own name, beside the others (tables of one folder stay one); two of one name are apart."""
    name = _name(given)
    own = next(one for one in (visit / str(place) for place in count()) if not (one / name).exists())
    own.mkdir(mode=0o700, exist_ok=True)
    file = own / name
    file.touch(mode=0o600)
    file.write_bytes(given.getbuffer())
    return file


def _sentence(fault: Exception) -> str:
    return str(fault) if isinstance(fault, UserError) else faults.in_french(fault) or UNFORESEEN


def in_thread(work: Callable[[], None]) -> None:
    """Run beside the pages, and wait a moment: what is quick needs no sign that it takes time."""
    thread = threading.Thread(target=work, name="deposit", daemon=True)
    thread.start()
    thread.join(QUICK_SECONDS)


QUICK_SECONDS = 0.7
_held: list[Deposit] = []
_turn = threading.Lock()


def current() -> Deposit | None:
    """The one that waits, or is being imported; None when there is none, or its visit has ended."""
    found = _held[0] if _held else None
    if found is not None and found.step is Step.WAITING and not found.visit.path.exists():
        _held.clear()
        return None
    return found


def _refuse_too_much(given: Sequence[Given], before: int = 0) -> None:
    """`before`: bytes that wait already."""
    if before + sum(len(one.getbuffer()) for one in given) > MOST * 1024 * 1024:
        raise UserError(TOO_MUCH)


def _not_received(problem: OSError) -> UserError:
    return UserError(f"Ces fichiers n’ont pas pu être reçus : {faults.cause(problem)}.")


def drop(
    given: Sequence[Given], saved: Mappings | None, run: Callable[[Callable[[], None]], None] = in_thread
) -> Deposit:
    """Files in place of those that waited. Raises UserError (French): too large together, or an import is under way."""
    _refuse_too_much(given)
    with _turn:
        forget()
        try:
            _held.append(Deposit(given, saved or Mappings({}), run))
        except OSError as problem:
            raise _not_received(problem) from None
        return _held[0]


def forget() -> None:
    """Be rid of what waits. Raises UserError while an import is under way."""
    found = current()
    if found is None:
        return
    if found.step in (Step.IMPORTING, Step.LOOKING):
        raise UserError("Un import est en cours : attendez qu’il finisse.")
    _held.clear()
    found.end()


def saved_of(folder: Path) -> Mappings:
    """What was said of lists in a practice folder; nothing when it cannot be read."""
    file = folder / practice.MAPPING
    try:
        return spreadsheet.read_mappings(file) if file.is_file() else Mappings({})
    except MappingError:
        return Mappings({})
