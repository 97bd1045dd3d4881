"""Canonical tables -> the compact store: integer keys and days, sorted, the only thing calculators read.

Compact tables (see `compact/*.sql` for their columns): patients, doctors, registrations, ald, c2s, acts, act_results,
deliveries, coverage, vaccinations, injected (deliveries that an injection speaks for), products and product_molecules (what
the drug reference says of packs), devices, stays, sick_leaves, practice_facts, groups, places, territory, and the
dictionaries patient_keys, professional_keys, act_keys, drug_keys, product_keys, vaccine_keys. A day counts from
1970-01-01; a period without an end, and the death of the living, are `dates.OPEN_END`. The lines of the few days with a
reversal are there once more, apart (acts_to_net, deliveries_to_net): whoever nets them need not look for them. The store
never nets; what a net says is in `views/`. What few ask of a line (who prescribed an act, what it cost, why it was exempt)
is read from the disk when asked for, in `acts_in_full` and `deliveries_in_full`: the same lines with all their columns.

The store is a cache beside the data: rebuilt when a source file changed, never the only copy.
"""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import duckdb
import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

from calculators import dates, sealed
from calculators.aside import folder_aside
from calculators.engine import DuckEngine, Engine, Params, connect, parquet, parquet_in, parsed, sql_text
from calculators.errors import UserError
from calculators.records import compact_columns, doubts, lossless, own_rows, views
from calculators.records.folder import STANDS_FOR, STORES, Dataset, Folder, Source, list_folder, require_readable
from calculators.records.pairing import paired
from calculators.records.plausibility import Facts, measure
from calculators.records.tables import TABLES, Table
from calculators.rules import suggest
from calculators.steps import header

LAYOUT = 13
"""Raise it when the compact tables change: older stores are then rebuilt."""
COMPACT = "calculators.records.compact"
STAMP = "store.json"
PARAMETERS = {"open_end": dates.OPEN_END}
STEPS = (
    *("patient_keys", "professional_keys", "act_keys", "drug_keys", "product_keys"),
    *("patients", "doctors", "registrations", "ald", "c2s", "act_results"),
    *("practice_facts", "groups", "places", "coverage", "vaccine_keys", "vaccinations"),
    *("products", "product_molecules", "devices", "stays", "sick_leaves", "territory"),
)
REVERSALS = ("act_reversals", "delivery_reversals")
LARGE = ("acts", "deliveries")
TO_NET = ("acts_to_net", "deliveries_to_net")
NARROW = {
    "acts": "patient, act, day, quantity, performer, performer_specialty, with_reversal",
    "deliveries": "patient, drug, product, day, boxes, base_cents, prescriber, prescriber_specialty, with_reversal, "
    "from_reference",
}
"""What nearly everything asks of a line: these columns alone are held."""
COMPACT_NAMES = {
    "performer_id": "performer", "prescriber_id": "prescriber", "prescribed_on": "prescribed_day", "cip13": "product",
    "atc": "drug",
}  # fmt: skip
"""What columns of acts and deliveries are called in the store, where that is otherwise."""
RESULT = ("value", "unit", "comparator")
IN_FULL = {table: f"{table}_in_full" for table in LARGE}
COMPACT_TABLES = (*STEPS, *LARGE, *TO_NET, "injected")
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("patient_keys", "professional_keys"), ("patients",)),
    **dict.fromkeys(("act_keys", "act_results", "act_reversals", "acts_to_net"), ("acts",)),
    **dict.fromkeys(("product_keys", "delivery_reversals", "deliveries_to_net"), ("deliveries",)),
    **dict.fromkeys(("products", "product_molecules"), ("deliveries", "drugs")),
    **dict.fromkeys(("vaccine_keys", "injected"), ("vaccinations",)),
    "drug_keys": (),
}
"""Source tables without one of which a table has no row, where that is not the table of the same name."""
ORDER = {
    "registrations": " order by doctor, patient",
    "patients": " order by patient",
    "act_results": " order by patient, act, day",
}
KEYED = ("patients", "doctors", "drugs")
"""Tables in which a second row of the same key is set aside."""
MOST_NAMED = 20
"""Doctors named to whom asks for one who is not there."""
GROUP_ROWS = 20_000_000
"""Lines sorted at a time when the store is built."""
HELD_ROWS = 200_000
"""Up to this many lines a table is judged once for all that reads it while the store is built."""
IN_MEMORY_ROWS = 5_000_000
"""Below this many lines the tables are held in memory, ten times quicker for one practice."""
SMALL_ROWS = 50_000
"""Below this many lines a table is held in memory in any case: it weighs nothing, and each question asks it again."""
Places = tuple[Path, Path]
EngineT = TypeVar("EngineT", bound=Engine)


Care = Literal["acts", "tests", "deliveries", "vaccines", "stays"]
CARES: tuple[Care, ...] = ("acts", "tests", "deliveries", "vaccines", "stays")
"""In the order of their numbers in the table `coverage`."""
DOMAINS: dict[Care, tuple[Source, ...]] = {
    "acts": ("acts",),
    "tests": ("acts", "biology"),
    "deliveries": ("deliveries",),
    "vaccines": ("deliveries", "vaccinations"),
    "stays": ("stays",),
}
"""Any of these covers the care."""
RECORDED_IN = {
    "acts": "acts", "biology": "acts", "deliveries": "deliveries", "vaccinations": "vaccinations", "stays": "stays",
}  # fmt: skip


class Fate(StrEnum):
    """Why a row cannot be used."""

    EMPTY = "empty"
    DUPLICATE = "duplicate"
    STRANGER = "stranger"


@dataclass(frozen=True)
class SetAside:
    """Rows that could not be used, counted by table and code: a `Fate`, followed by `:<column>` for an empty one."""

    table: str
    code: str
    rows: int

    @property
    def fate(self) -> Fate:
        return Fate(self.code.partition(":")[0])

    @property
    def reason(self) -> str:
        """In French: `<column> vide`, `doublon`, `patient inconnu`."""
        column = self.code.partition(":")[2]
        return {Fate.EMPTY: f"{column} vide", Fate.DUPLICATE: "doublon", Fate.STRANGER: "patient inconnu"}[self.fate]


class KnownDoctor(NamedTuple):
    """Key of a doctor in the compact tables, the day he installed and where he practises (null when unknown)."""

    key: int
    installed_day: int | None
    department: str | None


class UnknownDoctorError(UserError):
    """A doctor asked for who is not in the data folder; the message gives the close ids."""


@dataclass(frozen=True)
class Store:
    """An opened store. Ask it for one engine per run: engines of one store share the data and nothing else."""

    folder: Path
    place: Path
    dataset: Dataset
    fingerprint: str
    recovered: str
    rows: dict[str, int]
    set_aside: tuple[SetAside, ...]
    facts: Facts
    filled: frozenset[str]
    """`table.column` of each column that may be without a value and has some."""
    _connection: duckdb.DuckDBPyConnection
    accepted: bool = False
    """Are results wanted in spite of what is doubtful, and months without a line believed to be empty?"""

    only: tuple[str, ...] | None = None
    """Ids of the doctors whose rows are seen; None: of all."""

    def of(self, doctors: Sequence[str]) -> "Store":
        """The same for a person who may see these doctors only (`own_rows.py`)."""
        sources = {table: parquet(self.files_of(table)) for table in COMPACT_TABLES}
        own = own_rows.copied(sources, doctors)
        counts = " union all ".join(f"select '{table}' as name, count(*) as n from {table}" for table in self.rows)
        rows = dict(own.execute(counts).fetchall())
        return replace(self, only=tuple(doctors), rows={table: rows[table] for table in self.rows}, _connection=own)

    def accepting_doubts(self) -> "Store":
        """The same, for results that are wanted in spite of what is doubtful (`doubts.py`)."""
        return replace(self, accepted=True)

    def engine(self) -> Engine:
        """An engine that sees the compact tables and the views of care (`views/`) under their names."""
        return self._without_holes(DuckEngine(self._connection))

    def shown_to(self, engine: EngineT) -> EngineT:
        """Another engine, once it sees the same."""
        for name in COMPACT_TABLES:
            engine.view(name, self.files_of(name))
        for name, in_full in IN_FULL.items():
            engine.view(in_full, self.files_of(name))
        views.show_care(engine)
        return self._without_holes(engine)

    def _without_holes(self, engine: EngineT) -> EngineT:
        """The same, once no patient's care is complete in a month that is missing."""
        if self.covers_by_patient and self.holes:
            cares = {number: self._holes_of(care) for number, care in enumerate(CARES)}
            engine.view("stretches", pa.Table.from_pylist(doubts.stretches(cares)))
            engine.step("coverage", sql_text("calculators.records", "coverage_left"))
        return engine

    @cached_property
    def holes(self) -> Mapping[str, tuple[str, ...]]:
        """Months that the folder lacks (`2025-03`), by table: inside what is said to be covered they are not."""
        if self.accepted:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for table, month in doubts.missing_months(self.facts):
            found[table] = (*found.get(table, ()), month)
        return found

    def _holes_of(self, care: Care) -> list[tuple[int, int]]:
        """Days of the months in which a table that this care is recorded in lacks every line."""
        tables = {RECORDED_IN[domain] for domain in DOMAINS[care]}
        return [doubts.days_of(month) for table in sorted(tables) for month in self.holes.get(table, ())]

    def covered(self, domain: Source) -> list[tuple[int, int]]:
        """Stretches of days in which the domain is complete, as dataset.toml says for all, without the months that are
        missing."""
        said = {domain} if domain in self.dataset.covers else {domain, STANDS_FOR.get(domain, domain)}
        tables = {RECORDED_IN[one] for one in said if one in RECORDED_IN}
        holes = [doubts.days_of(month) for table in tables for month in self.holes.get(table, ())]
        first, last = self.dataset.cover_of(domain)
        return doubts.without((dates.to_day(first), dates.to_day(last)), holes)

    def rights_on(self, day: int) -> Params:
        """Parameters of the views of rights on a day."""
        return {"day": day, "ald_known": int(self.knows("ald")), "c2s_known": int(self.knows("c2s"))}

    def files_of(self, table: str) -> list[Path]:
        """Where the compact table is on disk, whole: not for a person who may see some doctors only."""
        assert self.only is None
        return parquet_in(self.place / f"{table}.parquet")

    def doctors(self) -> list[str]:
        """Ids of all doctors with a list or a row of their own, sorted."""
        return list(self.known_doctors)

    @cached_property
    def practice_facts(self) -> list[dict[str, str | int]]:
        """Rows of what the table says of the doctors' practices: few, and asked of time and again."""
        rows: list[dict[str, str | int]] = self.engine().fetch(sql_text("calculators.records", "facts")).to_pylist()
        return rows

    @cached_property
    def practitioners(self) -> list[dict[str, Any]]:
        """Rows of `practitioners.sql`, in the order of their keys: few, and asked of time and again."""
        rows: list[dict[str, Any]] = self.engine().fetch(sql_text("calculators.records", "practitioners")).to_pylist()
        return rows

    @cached_property
    def known_doctors(self) -> dict[str, KnownDoctor]:
        """The same by id, sorted, with what is asked of all the more."""
        return {
            row["doctor_id"]: KnownDoctor(row["doctor"], row["installed_day"], row["department"])
            for row in sorted(self.practitioners, key=lambda row: str(row["doctor_id"]))
        }

    @cached_property
    def with_collaborators(self) -> frozenset[int]:
        """Keys of the doctors who are in a group with a collaborator, whatever the days."""
        found = self.engine().fetch(sql_text("calculators.records", "with_collaborators"))
        return frozenset(found["doctor"].to_pylist())

    @cached_property
    def performers_known(self) -> bool:
        """Does some act say who performed it?"""
        return self.engine().fetch("select 1 as one from acts where performer is not null limit 1").num_rows > 0

    def doctor(self, asked: str) -> KnownDoctor:
        """What the store knows of a doctor. Raises UnknownDoctorError with the close ids."""
        if asked not in self.known_doctors:
            raise UnknownDoctorError(
                f"Le médecin « {asked} » n’est pas dans « {self.folder} » ; {suggest(asked, self.doctors()[:MOST_NAMED])}"
            )
        return self.known_doctors[asked]

    def doctor_key(self, asked: str | None) -> int:
        """Key of a doctor, -1 for all. Raises UnknownDoctorError."""
        return -1 if asked is None else self.doctor(asked).key

    def knows(self, right: Literal["ald", "c2s"]) -> bool:
        """Does a patient without a row of this right not have it? False: he may have it, the source does not say."""
        declared = self.dataset.ald_known if right == "ald" else self.dataset.c2s_known
        return declared and self.is_recorded(right)

    @property
    def covers_by_patient(self) -> bool:
        """Is what is covered said patient by patient, and no more by dataset.toml?"""
        return self.is_recorded("coverage")

    def covered_from(self, care: Care) -> int:
        """First day on which the care is complete, as dataset.toml says for all; never, when its table is missing. Of two
        periods that do not touch the later counts."""
        domains = [domain for domain in DOMAINS[care] if self._may_cover(domain)]
        periods = [period for domain in domains for period in self.covered(domain)]
        start = end = -dates.OPEN_END
        for first, last in sorted(periods):
            start, end = (start if first <= end + 1 else first), max(end, last)
        return start if periods else dates.OPEN_END

    def _may_cover(self, domain: Source) -> bool:
        """What is said of acts and deliveries as a whole says nothing of stays."""
        return self.is_recorded(RECORDED_IN[domain]) and (domain != "stays" or domain in self.dataset.covers)

    def is_recorded(self, table: str) -> bool:
        """False when the folder has no such table: then nothing is known, rather than nothing happened."""
        return table in self.rows

    def lacking(self, *names: str) -> tuple[str, ...]:
        """Of these tables (`stays`) and columns (`acts.prescriber_id`), those that are not recorded, in this order: what
        needs one cannot be computed. A column is not recorded when no line of its table has a value of it. Raises KeyError
        for what no table has."""
        return tuple(name for name in names if not self._has(name))

    def _has(self, name: str) -> bool:
        table, _, column = name.partition(".")
        is_told = not column or not TABLES[table].column(column).nullable or name in self.filled
        return table in self.facts.read and (is_told or not self.facts.read[table])


def open_store(path: Path, held: bool = True) -> Store:
    """Open the store of a data folder, building it when it is missing or older than its sources. `held`: keep a small one
    in memory, ten times quicker the first time; a server of many doctors reads it from the disk.

    Raises UnusableFolderError (French) when a table cannot be read.
    """
    folder = list_folder(path)
    stamp = fingerprint(folder)
    if not is_built(folder, stamp):
        require_readable([folder])
    return open_part(folder, stamp, held=held)


def is_built(folder: Folder, fingerprint: str, part: str = "") -> bool:
    """Is there a store of these very files? Then they could be read."""
    return any(_is_current(place, fingerprint) for place in _places(folder.path, part))


def open_part(folder: Folder, fingerprint: str, part: str = "", memory: str | None = None, held: bool = True) -> Store:
    """Open the store of a part of a readable folder (`parts.py`); of the whole folder without `part`.

    `memory` bounds what DuckDB uses, for instance 8GB.
    """
    places = _places(folder.path, part)
    for place in (place for place in places if _is_current(place, fingerprint)):
        try:
            return _load(folder, place, connect(memory), held)
        except (duckdb.Error, pa.ArrowException, OSError, ValueError, KeyError, TypeError):
            continue  # a damaged copy: it is made again
    connection = connect(memory)
    return _load(folder, _build(folder, fingerprint, places, connection), connection, held)


def fingerprint(folder: Folder) -> str:
    """Changes when one of the parquet files does. The store holds nothing of dataset.toml, which is read each time."""
    within = len(folder.path.parts)  # many times quicker than `relative_to`, over thousands of files
    found = [("/".join(file.parts[within:]), file.stat()) for files in folder.files.values() for file in files]
    stats = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in found]
    return hashlib.sha256(json.dumps([LAYOUT, stats]).encode()).hexdigest()


def cache_root() -> Path:
    """The user's own cache: stores of data that are read-only."""
    return platformdirs.user_cache_path("tableau-mt")


def _places(folder: Path, part: str = "") -> Places:
    """Beside the data, or the user's cache when the data folder is read-only."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    beside, cache = folder / STORES, cache_root() / name
    return (folder / f"{STORES}-parts" / part, cache.with_name(f"{name}-parts") / part) if part else (beside, cache)


def _is_current(place: Path, fingerprint: str) -> bool:
    """Made from these very files, and not touched since: a file cut short or exchanged is not believed."""
    try:
        content = sealed.opened(place / STAMP)
        return bool(content["fingerprint"] == fingerprint and content["sizes"] == _sizes(place))
    except (OSError, ValueError, KeyError):
        return False


def _sizes(place: Path) -> dict[str, int]:
    """Of files alone: that of a folder depends on the disk, and a store copied with its data is the same store."""
    found = (path for path in sorted(place.rglob("*.parquet")) if path.is_file())
    return {file.relative_to(place).as_posix(): file.stat().st_size for file in found}


def _build(folder: Folder, fingerprint: str, places: Places, connection: duckdb.DuckDBPyConnection) -> Path:
    beside, cache = places
    place = beside if os.access(folder.path, os.W_OK) else cache
    try:
        with folder_aside(place, mode=0o700) as aside:
            _write(folder, aside, fingerprint, DuckEngine(connection))
    except OSError:
        if not _is_current(place, fingerprint):  # another process may have finished first
            raise
    return place


def _write(folder: Folder, place: Path, fingerprint: str, engine: DuckEngine) -> None:
    judge_tables(folder, engine, {*folder.files, *_read_by_steps(folder)})
    counts = engine.fetch(" union all ".join(map(_count_judged, folder.files)) + " order by 1, 2").to_pylist()
    read = {name: sum(one["rows"] for one in counts if one["table"] == name) for name in folder.files}
    _write_tables(folder, place, engine)
    content = {
        "facts": measure(folder, engine, read, _raw).to_json(),
        "filled": _filled(folder, engine),
        "fingerprint": fingerprint,
        "recorded": sorted(folder.files),
        "set_aside": [one for one in counts if one["code"]],
        "sizes": _sizes(place),
    }
    (place / STAMP).write_text(sealed.seal(content), encoding="utf-8")


def _write_tables(folder: Folder, place: Path, engine: DuckEngine) -> None:
    told = {step for step in (*REVERSALS, *COMPACT_TABLES) if _tells_of(folder, step)}
    for step in (one for one in (*REVERSALS, *STEPS) if one in told):
        engine.step(step, sql_text(COMPACT, step), PARAMETERS)
    for table in (one for one in LARGE if one in told):
        _write_large(folder, engine, table, place)
        engine.view(table, parquet_in(place / f"{table}.parquet"))
    if "injected" in told:
        _pair_vaccines(engine, folder.has("deliveries"))
    for step in (one for one in (*STEPS, "injected") if one in told):
        engine.save(place / f"{step}.parquet", f"select * from {step}{ORDER.get(step, '')}")
    for step in (one for one in TO_NET if one in told):
        engine.save(place / f"{step}.parquet", sql_text(COMPACT, step))
    for table in (one for one in COMPACT_TABLES if one not in told):
        (place / f"{table}.parquet").write_bytes(compact_columns.empty_file(table))


def _tells_of(folder: Folder, step: str) -> bool:
    """May the table have rows?"""
    return all(map(folder.has, NEEDS.get(step, (step,))))


def _filled(folder: Folder, engine: DuckEngine) -> list[str]:
    """`table.column` of each column that may be empty and is not."""
    return [
        f"{table}.{column}"
        for table in folder.files
        for source, columns in _columns_that_may_be_empty(table).items()
        for column, count in _values(engine, source, columns).items()
        if count
    ]


def _columns_that_may_be_empty(table: str) -> dict[str, dict[str, str]]:
    """Columns of a canonical table, and their names where they are counted: large tables as they are in the store."""
    names = [column.name for column in TABLES[table].columns if column.nullable]
    if table not in LARGE:
        return {f"usable_{table}": {name: name for name in names}}
    results = [name for name in names if name in RESULT]
    found = {table: {name: COMPACT_NAMES.get(name, name) for name in names if name not in RESULT}}
    return found | {"act_results": {name: name for name in results}} if results else found


def _values(engine: DuckEngine, source: str, columns: Mapping[str, str]) -> dict[str, int]:
    """How many lines have a value of each column."""
    if not columns:
        return {}
    counts = ", ".join(f'count("{held_as}") as "{name}"' for name, held_as in columns.items())
    [row] = engine.fetch(f"select {counts} from {source}").to_pylist()
    return dict(row)


def _pair_vaccines(engine: DuckEngine, has_deliveries: bool) -> None:
    """Make `injected`, and leave out of `vaccinations` the doses that a delivery speaks for."""
    doses = engine.fetch("select * from vaccinations order by patient, vaccine, day")
    names = engine.fetch("select * from vaccine_keys").to_pylist()
    by_key = {row["vaccine"]: row for row in names}
    rows = [by_key[row["vaccine"]] | row for row in doses.to_pylist()]
    delivered = engine.fetch(sql_text(COMPACT, "vaccines_delivered")).to_pylist() if rows and has_deliveries else []
    found = paired(rows, delivered)
    engine.view("paired_deliveries", found.injected)
    engine.step("injected", "select * from paired_deliveries order by patient, day")
    engine.view(
        "doses_left", doses.take(pa.array([place for place in range(len(rows)) if place not in found.left], pa.int64()))
    )
    engine.step("vaccinations", "select * from doses_left")


def _write_large(folder: Folder, engine: DuckEngine, table: str, place: Path) -> None:
    """Acts and deliveries, one sorted file per group of source files, so that memory does not grow with the source."""
    (place / f"{table}.parquet").mkdir()
    groups = _groups(folder.files.get(table, []))
    for number, files in enumerate(groups):
        if len(groups) > 1:
            _define(engine, folder, TABLES[table], files, engine.define)
        engine.save(place / f"{table}.parquet" / f"{number:04}.parquet", sql_text(COMPACT, table), PARAMETERS)


def _groups(files: list[Path]) -> list[list[Path]]:
    """Neighbouring files together, up to about `GROUP_ROWS` lines; one empty group when there is no file."""
    groups: list[list[Path]] = [[]]
    rows = 0
    for file in files:
        lines = lossless.lines(file)
        if rows and rows + lines > GROUP_ROWS:
            groups.append([])
            rows = 0
        groups[-1].append(file)
        rows += lines
    return groups


def _count_judged(table: str) -> str:
    """Lines by why they are set aside; null: they are not."""
    return (
        f"select '{table}' as \"table\", set_aside_for as code, cast(count(*) as bigint) as rows "
        f"from judged_{table} group by set_aside_for"
    )


def _read_by_steps(folder: Folder) -> set[str]:
    """The source tables that the steps of this folder read."""
    told = (step for step in (*REVERSALS, *STEPS, *LARGE) if _tells_of(folder, step))
    return {name.removeprefix("usable_") for step in told for name in header(sql_text(COMPACT, step)).reads}


def judge_tables(folder: Folder, engine: Engine, wanted: Collection[str] = tuple(TABLES)) -> None:
    """Make `judged_<table>` (every row, with its `file`, `row` number and why it is set aside, null when it is usable)
    and `usable_<table>` (the others) for every canonical table, or for those wanted; a missing optional table is empty.
    Tables with a key of their own and small ones are held, the others are read again each time they are asked for."""
    for table in (table for table in TABLES.values() if table.name in wanted):
        files = folder.files.get(table.name, [])
        is_held = table.name in KEYED or sum(map(lossless.lines, files)) <= min(HELD_ROWS, GROUP_ROWS)
        _define(engine, folder, table, files, engine.step if is_held else engine.define)


def usable_tables(folder: Folder, engine: DuckEngine) -> dict[str, pa.Table]:
    """Every row that can be used of the tables a folder has, in the declared types."""
    judge_tables(folder, engine)
    found = {}
    for name in folder.files:
        rows = engine.fetch(f"select * exclude (file, row, set_aside_for) from usable_{name} order by file, row")
        found[name] = rows.cast(TABLES[name].schema)
    return found


def _define(engine: Engine, folder: Folder, table: Table, files: list[Path], name: Callable[[str, str], None]) -> None:
    if not files:
        name = engine.define
    name(f"judged_{table.name}", _judged(folder, table, files))
    engine.define(f"usable_{table.name}", f"select * from judged_{table.name} where set_aside_for is null")


def _judged(folder: Folder, table: Table, files: list[Path]) -> str:
    if not files:
        return f"select *, cast(null as varchar) as set_aside_for from ({_raw(folder, table, files)}) raw"
    cases = [f"when {c.name} is null then '{Fate.EMPTY}:{c.name}'" for c in table.columns if not c.nullable]
    if table.name in KEYED:
        usable = " and ".join(f"{c.name} is not null" for c in table.columns if not c.nullable)
        first = f"partition by {', '.join(table.key)}, {usable} order by file, row"
        cases.append(f"when row_number() over ({first}) > 1 then '{Fate.DUPLICATE}'")
    elif table.of_patients:
        cases.append(f"when patient_id not in (select patient_id from usable_patients) then '{Fate.STRANGER}'")
    return f"select *, case {' '.join(cases)} end as set_aside_for from ({_raw(folder, table, files)}) raw"


def _raw(folder: Folder, table: Table, files: list[Path]) -> str:
    """Every row of the files, with its file and its number; what a partition says stands in place of its column."""
    if not files:
        nothing = ", ".join(f"cast(null as {lossless.type_name(c)}) as {lossless.named(c)}" for c in table.columns)
        return f"select {nothing}, '' as file, cast(0 as bigint) as row where false"
    alike: dict[str, list[Path]] = {}
    of: dict[str, tuple[dict[str, str | None], lossless.Layout]] = {}
    for file in files:
        partition, layout = folder.partition(file), lossless.layout_of(file)
        same = repr((partition, layout))
        alike.setdefault(same, []).append(file)
        of[same] = partition, layout
    return " union all ".join(lossless.select(table, *of[same], found) for same, found in alike.items())


def _load(folder: Folder, place: Path, connection: duckdb.DuckDBPyConnection, held: bool) -> Store:
    content = sealed.opened(place / STAMP)
    with suppress(OSError):
        os.utime(place / STAMP)  # when it was last used
    told = {name for name in COMPACT_TABLES if name in LARGE or _tells_of(folder, name)}
    rows = {name: _lines(place / f"{name}.parquet") if name in told else 0 for name in COMPACT_TABLES}
    below = IN_MEMORY_ROWS if held and sum(rows.values()) < IN_MEMORY_ROWS else SMALL_ROWS
    for name, lines in rows.items():
        if not lines:
            _hold_nothing(connection, name)
            continue
        kind, columns = "table" if lines < below else "view", NARROW.get(name, "*")
        connection.execute(f"create {kind} {name} as select {columns} from {_on_disk(place, name)}")
        if name in IN_FULL:
            connection.execute(f"create view {IN_FULL[name]} as select * from {_on_disk(place, name)}")
    for name in views.CARE:
        connection.execute(parsed(connection, f"create view {name} as {views.text(name)}"))
    return Store(
        folder=folder.path,
        place=place,
        dataset=folder.dataset,
        fingerprint=content["fingerprint"],
        recovered=folder.recovered,
        rows={name: rows[name] for name in rows if name not in TABLES or name in content["recorded"]},
        set_aside=tuple(SetAside(**counted) for counted in content["set_aside"]),
        facts=Facts.from_json(content["facts"]),
        filled=frozenset(content["filled"]),
        _connection=connection,
    )


def _hold_nothing(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    narrow = NARROW[table].split(", ") if table in NARROW else ()
    connection.execute(parsed(connection, f"create table {table} ({compact_columns.declared(table, *narrow)})"))
    if table in IN_FULL:
        connection.execute(parsed(connection, f"create table {IN_FULL[table]} ({compact_columns.declared(table)})"))


def _on_disk(place: Path, table: str) -> str:
    return parquet(parquet_in(place / f"{table}.parquet"))


def _lines(path: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in (path.glob("*.parquet") if path.is_dir() else [path]))
