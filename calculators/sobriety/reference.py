"""The reference: what the patients of all its doctors cost on average, stratum by stratum. Built once per year.

A folder, written aside and then renamed, so that it is whole or absent:

* `strata.parquet`, one row per stratum with a patient: age_class, sex, ald, c2s, patients, sum_cents, mean_cents,
  var_cents2 (n - 1; 0 for one patient); then stratum (its key), cap_cents and capped_mean_cents (each patient capped at
  the centile of the definition, nearest rank), mean_boxes, var_boxes2;
* `scope.parquet`, one row per ATC class initiated in the year, vaccines aside: atc, initiations, gp_initiations
  (patients), tracked;
* `doctors.parquet`, one row per doctor of the reference: doctor_id, department, patients (faithful), observed_cents,
  expected_cents, ratio, se (of chance alone); then boxes, expected_boxes, seen (faithful patients seen), ref_se (what the
  reference, an estimate too, adds to it);
* `cells.parquet`, doctor x stratum: doctor_id, stratum, patients, sum_cents; then boxes;
* `classes.parquet`, stratum x tracked ATC class: stratum, atc, sum_cents, boxes (to open the expected value by class),
  patients (with a line of it);
* `reference.toml`: usage, year, definition and its hash, source, synthetic, built_on, program version, counts.

It tells what each doctor's patients cost: only its owner can read the files, and `publish.py` makes the copy that travels.

Refused: a year the acts or deliveries do not cover, a source without amounts, unknown ALD or C2S, no doctor. A
look-back the deliveries do not cover is written down (`look_back_covered = false`): everything delivered early in the
year then looks initiated.
"""

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.aside import folder_aside
from calculators.records.parts import Part, Parts, open_parts
from calculators.records.store import Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.norms import Strata
from calculators.sobriety.partial_sums import Count, EngineOf, Piece, Population, Progress, Sums, Work
from calculators.sobriety.reference_files import (
    COLUMNS,
    LAYOUT,
    DoubtfulReferenceError,
    Reference,
    UnusableReferenceError,
    open_reference,
    refuse_foreign_folder,
    toml_of,
)
from calculators.sobriety.statistics import Cells
from calculators.sobriety.steps import Year
from calculators.sobriety.strata import Stratum, strata_of

__all__ = ["DoubtfulReferenceError", "Reference", "UnusableReferenceError", "build", "build_by_part", "open_reference"]

Beside = Callable[[], Mapping[str, pa.Table]]
PARTS = "-parts"
UNBUILT = "La référence {} ne peut pas être construite. {}"
PRIVATE = "ne pas transmettre"
"""What the folder says of itself; « tableau-mt reference publish » makes the copy that travels."""


def build(
    store: Store, year: int, definition: Definition, to: Path, built_on: date, progress: Progress | None = None
) -> None:
    """Build the reference of `year` from all doctors of a store into the folder `to`, replacing an earlier reference.

    `progress(sentence, share done)` is called before each part. Raises UnusableReferenceError (French) when it
    cannot be built. Equal input gives equal files, apart from `built_on`.
    """
    refuse_foreign_folder(to)
    everything = Piece("tout", store.fingerprint, lambda: store)
    population = Population(store.dataset, everything, (everything,))
    _refuse_uncovered(coverage.problem(store, year), year)
    with tempfile.TemporaryDirectory(prefix="reference-") as scratch:
        count = Count(population, year, definition, Work(Path(scratch)), Store.engine, progress or _say_nothing)
        _build(count, to, built_on)


def build_by_part(
    folder: Path,
    year: int,
    definition: Definition,
    to: Path,
    built_on: date,
    progress: Progress | None = None,
    memory: str | None = None,
    engine_of: EngineOf = Store.engine,
    accept_doubts: bool = False,
    beside: Beside | None = None,
) -> Path:
    """The same from a data folder, department after department (`records/parts.py`), within `memory` ("8GB").

    A run that was stopped goes on where it was, and a department whose files did not change is not counted again: the
    sums of the parts stay beside the target, in the folder returned, which may be deleted. `engine_of` gives the engine
    that counts a store. `accept_doubts`: count what is doubtful too. `beside`: gives what else the reference is to hold, by
    name, asked for when the rest is counted. Raises UnusableReferenceError or UnusableFolderError (French).
    """
    refuse_foreign_folder(to)
    parts = open_parts(folder)
    _refuse_uncovered(coverage.uncovered(parts.folder.dataset, parts.folder.files, year), year)
    work = work_beside(to)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    pieces = tuple(_piece(parts, part, memory, year, accept_doubts) for part in (parts.doctors, *parts.departments))
    population = Population(parts.folder.dataset, pieces[0], pieces[1:])
    _build(Count(population, year, definition, Work(work), engine_of, progress or _say_nothing), to, built_on, beside)
    return work


def work_beside(to: Path) -> Path:
    """Where the sums of the parts of a reference are kept."""
    return to.parent / f".{to.name}{PARTS}"


def _piece(parts: Parts, part: Part, memory: str | None, year: int, accept_doubts: bool) -> Piece:
    def opened() -> Store:
        store = part.open(memory)
        parts.check(part, store)
        if accept_doubts:
            return store.accepting_doubts()
        if part is not parts.doctors or len(parts.departments) == 1:
            _refuse_uncovered(coverage.unknown(store, year), year)
            _refuse_doubtful(coverage.doubtful(store, year), year)
        return store

    return Piece(part.name, f"{part.fingerprint}{'*' * accept_doubts}", opened)


def _build(count: Count, to: Path, built_on: date, beside: Beside | None = None) -> None:
    stamps = count.initiations()
    _refuse_uncovered(count.missing(), count.year)
    sums = count.sums(stamps)
    if sums is None:
        raise UnusableReferenceError(
            f"Aucun médecin ne remplit les conditions de la référence en {count.year} : généraliste en "
            f"activité, installé avant l’année, plus de {count.definition.doctors.seen_over} patients fidèles vus, et "
            "au moins une prescription d’un médicament suivi."
        )
    count.tell("Écriture de la référence", 0.97)
    tables = _assemble(sums, count.definition) | dict(beside() if beside else {})
    unpriced = pc.sum(sums.cells["unpriced"]).as_py()
    _write(to, tables, _toml(count, built_on, tables, unpriced))
    count.tell("Référence construite", 1.0)


def _refuse_uncovered(problem: object, year: int) -> None:
    if problem:
        raise UnusableReferenceError(UNBUILT.format(year, problem))


def _refuse_doubtful(problem: object, year: int) -> None:
    if problem:
        raise DoubtfulReferenceError(UNBUILT.format(year, problem))


def _say_nothing(sentence: str, share: float) -> None:
    pass


def _assemble(sums: Sums, definition: Definition) -> dict[str, pa.Table]:
    strata = strata_of(definition)
    table = _strata_table(strata, sums.cells, sums.capped)
    return {
        "strata": table,
        "scope": sums.scope,
        "doctors": _doctors_table(sums.doctors, sums.cells, Strata(table), definition),
        "cells": _cells_table(sums.cells, strata),
        "classes": _classes_table(sums.classes, strata),
    }


def matrix(cells: pa.Table, doctors: pa.Array, strata: int, amount: str, squares: str, key: str = "doctor") -> Cells:
    """Rows of the step `cells` -> doctors x strata, zeros where a doctor has no patient."""
    rows = pc.index_in(cells[key], value_set=doctors).to_numpy().astype(np.int64)
    columns = cells["stratum"].to_numpy().astype(np.int64)
    filled = []
    for name in ("patients", amount, squares):
        values = np.zeros((len(doctors), strata), dtype=np.int64)
        values[rows, columns] = cells[name].to_numpy()
        filled.append(values)
    return Cells(*filled)


def _strata_table(strata: list[Stratum], cells: pa.Table, capped: pa.Table) -> pa.Table:
    names = ("patients", "cents", "squares", "boxes", "box_squares")
    totals = cells.group_by("stratum").aggregate([(name, "sum") for name in names]).to_pylist()
    capped_of = {row["stratum"]: row for row in capped.to_pylist()}
    rows = []
    for total in sorted(totals, key=lambda row: row["stratum"]):
        stratum, n, cap = strata[total["stratum"]], total["patients_sum"], capped_of[total["stratum"]]
        rows.append(
            {
                "age_class": stratum.age_class, "sex": stratum.sex, "ald": stratum.ald, "c2s": stratum.c2s,
                "patients": n, "sum_cents": total["cents_sum"], "mean_cents": total["cents_sum"] / n,
                "var_cents2": statistics.sample_variance(n, total["cents_sum"], total["squares_sum"]),
                "stratum": stratum.key, "cap_cents": cap["cap"], "capped_mean_cents": cap["capped_cents"] / n,
                "mean_boxes": total["boxes_sum"] / n,
                "var_boxes2": statistics.sample_variance(n, total["boxes_sum"], total["box_squares_sum"]),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(COLUMNS["strata"]))


def _doctors_table(doctors: pa.Table, cells: pa.Table, by_stratum: Strata, definition: Definition) -> pa.Table:
    ids, strata = doctors["doctor_id"].combine_chunks(), len(strata_of(definition))
    cents = matrix(cells, ids, strata, "cents", "squares", "doctor_id")
    boxes = matrix(cells, ids, strata, "boxes", "box_squares", "doctor_id")
    euros = statistics.measure(cents, by_stratum.norms(definition))
    packs = statistics.measure(boxes, by_stratum.box_norms(definition))
    ratio, se, ref_se = (pa.array(values, from_pandas=True) for values in (euros.ratio, euros.chance, euros.ref))
    columns = {
        "doctor_id": doctors["doctor_id"], "department": doctors["department"],
        "patients": cents.patients.sum(axis=1), "observed_cents": euros.observed, "expected_cents": euros.expected,
        "ratio": ratio, "se": se, "boxes": packs.observed, "expected_boxes": packs.expected, "seen": doctors["seen"],
        "ref_se": ref_se,
    }  # fmt: skip
    return pa.table(columns).cast(pa.schema(COLUMNS["doctors"]))


def _cells_table(cells: pa.Table, strata: list[Stratum]) -> pa.Table:
    keys = pa.array([stratum.key for stratum in strata])
    return pa.table(
        {
            "doctor_id": cells["doctor_id"], "stratum": keys.take(cells["stratum"].combine_chunks()),
            "patients": cells["patients"], "sum_cents": cells["cents"], "boxes": cells["boxes"],
        }
    ).cast(pa.schema(COLUMNS["cells"]))  # fmt: skip


def _classes_table(rows: pa.Table, strata: list[Stratum]) -> pa.Table:
    keys = pa.array([stratum.key for stratum in strata])
    return pa.table(
        {
            "stratum": keys.take(rows["stratum"].combine_chunks()),
            "atc": rows["atc"], "sum_cents": rows["cents"], "boxes": rows["boxes"], "patients": rows["patients"],
        }
    ).cast(pa.schema(COLUMNS["classes"]))  # fmt: skip


def _toml(count: Count, built_on: date, tables: dict[str, pa.Table], unpriced: int) -> str:
    dataset, definition, doctors = count.population.dataset, count.definition, tables["doctors"]
    covered_from, _ = dataset.cover_of("deliveries")
    content: dict[str, Any] = {
        "layout": LAYOUT, "usage": PRIVATE, "year": count.year,
        "source": dataset.source, "title": dataset.title, "synthetic": dataset.synthetic,
        "built_on": built_on, "program_version": program_version(),
        "look_back_covered": covered_from <= Year(count.year, definition.drugs.look_back_months).look_back_first,
    }  # fmt: skip
    counts = {name: table.num_rows for name, table in tables.items()} | {
        "tracked_classes": pc.sum(tables["scope"]["tracked"]).as_py() or 0,
        "patients": pc.sum(doctors["patients"]).as_py(),
        "observed_cents": pc.sum(doctors["observed_cents"]).as_py(),
        "unpriced_lines": unpriced,
    }
    used = definition.model_dump(mode="json", include={"patients", "doctors", "drugs", "strata", "cap"})
    numbers = {key: value for section in used.values() for key, value in section.items() if key != "reference"}
    about = {"id": definition.id, "label": definition.label, "hash": definition.reference_hash} | numbers
    return toml_of(content, definition=about, counts=counts)


def program_version() -> str:
    try:
        return metadata.version("tableau-mt")
    except metadata.PackageNotFoundError:
        return "source"


def _write(to: Path, tables: dict[str, pa.Table], toml: str) -> None:
    with folder_aside(to, mode=0o700) as aside:
        for name, table in tables.items():
            pq.write_table(table.combine_chunks(), aside / f"{name}.parquet", compression="zstd")
        (aside / "reference.toml").write_text(toml, encoding="utf-8")
        for file in aside.iterdir():
            file.chmod(0o600)
