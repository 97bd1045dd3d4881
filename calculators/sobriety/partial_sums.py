"""The population counted part by part, and the parts added up: what a reference is made of.

Two passes over the parts (departments, or the one store of a practice). The first gives, by part, the initiations of
each class, what each doctor prescribed and how many patients he saw; added up, they say which classes are tracked and
which doctors are kept. The second gives the cells, the classes and the spends of these doctors. A patient is in one
part, a doctor's patients may be in several, so that everything adds up but the centile of the capped ratio: for it,
each part counts the patients of each exact amount, and says its own centile; the centile of the whole is no lower than
the lowest of these, so that only the amounts above it are added up.

Finished parts are kept as `<table>/<part>-<stamp>.parquet`, written aside then renamed, the last table of a pass marking
it whole. The stamp of the first pass covers the part's files, the year and the definition; that of the second also the
tracked classes and the kept doctors with patients in the part. So a run goes on where it was stopped, and only what
changed is counted again. Classes and doctors are named in these files, since each part has keys of its own; `cohort`
alone, read back by the second pass, holds keys. Large parts are counted in blocks of patients, and their rows put end to
end: they are added up later anyway.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.aside import file_aside
from calculators.engine import Engine, parquet_in
from calculators.records import views
from calculators.records.folder import Dataset
from calculators.records.store import LARGE, TO_NET, Store
from calculators.sobriety import coverage
from calculators.sobriety.definition import Definition
from calculators.sobriety.reasons import Reason, Why, unrecorded
from calculators.sobriety.steps import Steps, tracked_classes

LAYOUT = 5
"""Raise it when what a part counts changes: parts kept by an earlier version are then counted again."""
FIRST = ("cohort", "initiated", "prescribed", "listed_doctors", "amounts")
SECOND = ("reference_cells", "classes", "block_caps", "spends")
FIRST_SHARE, SECOND_SHARE = 0.7, 0.95
BLOCK = 400_000
"""Most patients counted at a time: within a large department too, memory is bounded. Blocks of a part are of one size,
for the centile of a small one may be low, which says little about the whole."""
Progress = Callable[[str, float], None]
EngineOf = Callable[[Store], Engine]


@dataclass(frozen=True)
class Piece:
    """A part of the population: its name, what changes when its data do, and how to open it."""

    name: str
    stamp: str
    open: Callable[[], Store]


@dataclass(frozen=True)
class Population:
    """The parts, and the one that knows the doctors."""

    dataset: Dataset
    doctors: Piece
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Sums:
    """Sums of the whole population, sorted by key: doctors (doctor_id, department, seen), scope, cells (doctor_id,
    stratum, …), classes (stratum, atc, cents, boxes, patients), capped (stratum, cap, capped_cents)."""

    doctors: pa.Table
    scope: pa.Table
    cells: pa.Table
    classes: pa.Table
    capped: pa.Table


class Work:
    """Sums of parts kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, table: str, piece: Piece, stamp: str) -> Path:
        return self.folder / table / f"{piece.name}-{stamp}.parquet"

    def has(self, tables: tuple[str, ...], piece: Piece, stamp: str) -> bool:
        return self.file(tables[-1], piece, stamp).exists()

    def keep(self, table: str, piece: Piece, stamp: str, rows: pa.Table) -> None:
        file = self.file(table, piece, stamp)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file_aside(file) as aside:
            pq.write_table(rows, aside, compression="zstd")

    def kept(self, table: str, piece: Piece, stamp: str) -> pa.Table:
        return pq.read_table(self.file(table, piece, stamp))

    def keep_only(self, tables: tuple[str, ...], stamps: dict[str, str]) -> None:
        """Forget parts that changed or are no more: what is left adds up."""
        current = {f"{name}-{stamp}.parquet" for name, stamp in stamps.items()}
        for file in (file for table in tables for file in (self.folder / table).iterdir()):
            if file.name not in current:
                file.unlink()


class Count:
    """One run over a population; what it finds in `work` it does not count again."""

    def __init__(
        self, population: Population, year: int, definition: Definition, work: Work, engine_of: EngineOf, tell: Progress
    ) -> None:
        self.population, self.year, self.definition = population, year, definition
        self.work, self.engine_of, self.tell = work, engine_of, tell

    def initiations(self) -> dict[str, str]:
        """First pass. Gives the stamp of each part."""
        stamps = {piece.name: self._first_stamp(piece) for piece in self.population.pieces}
        for done, piece in enumerate(self.population.pieces):
            self._say("Initiations", piece, 0, FIRST_SHARE, done)
            if not self.work.has(FIRST, piece, stamps[piece.name]):
                self._count_first(piece, stamps[piece.name])
        self.work.keep_only(FIRST, stamps)
        return stamps

    def missing(self) -> str:
        """What the first pass did not find, and without which there is no reference; in French."""
        amounts = self._table("amounts")
        if pc.any(amounts["delivered"]).as_py() and not pc.any(amounts["priced"]).as_py():
            return str(Why(Reason.NO_AMOUNTS))
        listed = self._table("listed_doctors")
        ald, c2s = (pc.sum(listed[name]).as_py() or 0 for name in ("unknown_ald", "unknown_c2s"))
        return unrecorded(ald, c2s)

    def sums(self, stamps: dict[str, str]) -> Sums | None:
        """Second pass, and everything added up; None without a doctor to keep."""
        steps = self._steps(self.population.doctors.open())
        for table in ("initiated", "prescribed", "listed_doctors"):
            steps.engine.view(table, parquet_in(self.work.folder / table))
        scope, doctors = steps.kept_rows("scope", "atc"), steps.reference_doctors()
        if not doctors.num_rows:
            return None
        tracked = tracked_classes(scope)
        self._count_all_second(stamps, tracked, doctors["doctor_id"])
        self.tell("Addition des parties", SECOND_SHARE)
        for table in SECOND:
            steps.engine.view(table, parquet_in(self.work.folder / table))
        return Sums(doctors, scope, *steps.reference_sums())

    def _count_first(self, piece: Piece, stamp: str) -> None:
        store, found = piece.open(), []
        for steps in self._blocks(store, ("patients", *LARGE, *TO_NET)):
            steps.cohort(None, look_back=True, covered_before=True)
            steps.unknown_rights()
            steps.seen()
            steps.initiated()
            steps.prescribed()
            steps.listed_doctors()
            found.append(_fetch(steps, FIRST[:-1]))
        delivered, priced = coverage.amounts(store, self.year)
        amounts = {"amounts": pa.table({"delivered": [delivered], "priced": [priced]})}
        self._keep(FIRST, [block | amounts for block in found], piece, stamp)

    def _count_all_second(self, stamps: dict[str, str], tracked: list[str], kept: pa.ChunkedArray) -> None:
        seconds = {}
        for done, piece in enumerate(self.population.pieces):
            self._say("Dépenses", piece, FIRST_SHARE, SECOND_SHARE, done)
            listed = pq.read_table(self.work.file("listed_doctors", piece, stamps[piece.name]))["doctor_id"]
            here = sorted(set(listed.filter(pc.is_in(listed, value_set=kept.combine_chunks())).to_pylist()))
            seconds[piece.name] = stamp(stamps[piece.name], tracked, here)
            if not self.work.has(SECOND, piece, seconds[piece.name]):
                cohort = self.work.file("cohort", piece, stamps[piece.name])
                self._count_second(piece, seconds[piece.name], cohort, tracked, here)
        self.work.keep_only(SECOND, seconds)

    def _count_second(self, piece: Piece, stamp: str, cohort: Path, tracked: list[str], kept: list[str]) -> None:
        found = []
        for steps in self._blocks(piece.open(), LARGE, cohort):
            steps.tracked(tracked)
            steps.spend()
            steps.reference_parts(pa.array(kept, pa.string()))
            found.append(_fetch(steps, SECOND))
        self._keep(SECOND, found, piece, stamp)

    def _blocks(self, store: Store, tables: tuple[str, ...], cohort: Path | None = None) -> Iterator[Steps]:
        """Fresh steps over each block of patients, to whom these tables are cut, and the cohort kept in a file."""
        patients = store.rows["patients"]
        size = math.ceil(patients / max(math.ceil(patients / BLOCK), 1)) or 1
        sources = {table: store.files_of(table) for table in tables} | ({"cohort": [cohort]} if cohort else {})
        for first in range(0, max(patients, 1), size):
            steps = self._steps(store)
            if patients > BLOCK or cohort:
                _cut(steps.engine, sources, first, first + size)
            yield steps

    def _keep(self, tables: tuple[str, ...], found: list[dict[str, pa.Table]], piece: Piece, stamp: str) -> None:
        for table in tables:
            self.work.keep(table, piece, stamp, pa.concat_tables([block[table] for block in found]))

    def _steps(self, store: Store) -> Steps:
        return Steps(store, self.year, self.definition, self.engine_of(store))

    def _table(self, name: str) -> pa.Table:
        return pa.concat_tables([pq.read_table(file) for file in sorted((self.work.folder / name).iterdir())])

    def _first_stamp(self, piece: Piece) -> str:
        known = self.population.dataset.ald_known, self.population.dataset.c2s_known
        return stamp(LAYOUT, piece.stamp, self.year, self.definition.reference_hash, known)

    def _say(self, what: str, piece: Piece, first: float, last: float, done: int) -> None:
        count = len(self.population.pieces)
        where = "" if count == 1 else f", partie {piece.name} ({done + 1} sur {count})"
        self.tell(what + where, first + (last - first) * done / count)


def _cut(engine: Engine, sources: dict[str, list[Path]], first: int, end: int) -> None:
    """Name the rows of patients `first` up to `end` of these files, by table, and the views over all of them."""
    for table, files in sources.items():
        engine.view(f"every_{table}", files)
        engine.define(table, f"select * from every_{table} where patient >= {first} and patient < {end}")
    if sources.keys() >= {*LARGE, *TO_NET}:
        views.show_care(engine)


def _fetch(steps: Steps, tables: tuple[str, ...]) -> dict[str, pa.Table]:
    return {table: steps.engine.fetch(f"select * from {table}") for table in tables}


def stamp(*parts: object) -> str:
    """Changes when one of these does."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
