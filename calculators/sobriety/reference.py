"""The reference: what the patients of all its doctors cost on average, stratum by stratum. Built once per year.

A folder, written aside and then renamed, so that it is whole or absent:

* `strata.parquet`, one row per stratum with a patient: age_class, sex, ald, c2s, patients, sum_cents, mean_cents,
  var_cents2 (n - 1; 0 for one patient); then stratum (its key), cap_cents and capped_mean_cents (each patient capped at
  the centile of the definition, nearest rank), mean_boxes, var_boxes2;
* `scope.parquet`, one row per ATC class initiated in the year, vaccines aside: atc, initiations, gp_initiations
  (patients), tracked;
* `doctors.parquet`, one row per doctor of the reference: doctor_id, department, patients (faithful), observed_cents,
  expected_cents, ratio, se; then boxes, expected_boxes, seen (faithful patients seen);
* `cells.parquet`, doctor x stratum: doctor_id, stratum, patients, sum_cents; then boxes;
* `classes.parquet`, stratum x tracked ATC class: stratum, atc, sum_cents, boxes (to open the expected value by class);
* `reference.toml`: year, definition and its hash, source, synthetic, built_on, program version, counts.

Refused: a year the acts or deliveries do not cover, a source without amounts, unknown ALD or C2S, no doctor. A
look-back the deliveries do not cover is written down (`look_back_covered = false`): everything delivered early in the
year then looks initiated.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators.records.store import Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.reference_files import COLUMNS, LAYOUT, Reference, UnusableReferenceError, open_reference
from calculators.sobriety.statistics import Cells, Norms
from calculators.sobriety.steps import Steps
from calculators.sobriety.strata import Stratum, strata_of

__all__ = ["Reference", "UnusableReferenceError", "build", "open_reference"]

Progress = Callable[[str, float], None]


def build(
    store: Store, year: int, definition: Definition, to: Path, built_on: date, progress: Progress | None = None
) -> None:
    """Build the reference of `year` from all doctors of a store into the folder `to`, replacing an earlier reference.

    `progress(sentence, share done)` is called before each part. Raises UnusableReferenceError (French) when it
    cannot be built. Equal input gives equal files, apart from `built_on`.
    """
    tell = progress or (lambda sentence, share: None)
    _refuse_foreign_folder(to)
    if problem := coverage.problem(store, year):
        raise UnusableReferenceError(f"La référence {year} ne peut pas être construite. {problem}")
    steps = Steps(store.engine(), year, definition)
    tables = _tables(steps, store, year, definition, tell)
    tell("Écriture de la référence", 0.95)
    _write(to, tables, _toml(store, year, definition, built_on, steps, tables))
    tell("Référence construite", 1.0)


def _tables(steps: Steps, store: Store, year: int, definition: Definition, tell: Progress) -> dict[str, pa.Table]:
    tell("Patients fidèles", 0.0)
    steps.cohort(None, look_back=True)
    if problem := _unknown_rights(steps, store):
        raise UnusableReferenceError(f"La référence {year} ne peut pas être construite. {problem}")
    steps.seen()
    tell("Initiations", 0.3)
    steps.scope()
    tell("Dépenses", 0.6)
    steps.spend()
    steps.cells()
    steps.kept_doctors()
    tell("Strates", 0.8)
    steps.caps()
    steps.classes()
    return _assemble(steps, definition)


def _unknown_rights(steps: Steps, store: Store) -> str:
    steps.unknown_rights(store.dataset)
    found = steps.engine.fetch(
        "select cast(coalesce(sum(unknown_ald), 0) as bigint) as ald, cast(coalesce(sum(unknown_c2s), 0) as bigint) "
        "as c2s from unknown_rights"
    )
    return coverage.unknown_rights(found["ald"][0].as_py(), found["c2s"][0].as_py())


def _assemble(steps: Steps, definition: Definition) -> dict[str, pa.Table]:
    strata = strata_of(definition)
    doctors = steps.reference_doctors()
    if not doctors.num_rows:
        raise UnusableReferenceError(
            f"Aucun médecin ne remplit les conditions de la référence en {steps.year.first.year} : généraliste en "
            f"activité, installé avant l’année, plus de {definition.doctors.seen_over} patients fidèles vus, et au "
            "moins une prescription d’un médicament suivi."
        )
    cells = steps.reference_cells()
    capped = steps.engine.fetch("select * from capped")
    table = _strata_table(strata, cells, capped)
    return {
        "strata": table,
        "scope": steps.engine.fetch("select atc, initiations, gp_initiations, tracked from scope order by atc"),
        "doctors": _doctors_table(doctors, cells, strata, table),
        "cells": _cells_table(doctors, cells, strata),
        "classes": _classes_table(steps, strata),
    }


def matrix(cells: pa.Table, doctors: list[int], strata: int, amount: str, squares: str) -> Cells:
    """Rows of the step `cells` -> doctors x strata, zeros where a doctor has no patient."""
    row = {doctor: place for place, doctor in enumerate(doctors)}
    rows = np.array([row[doctor] for doctor in cells["doctor"].to_pylist()], dtype=np.int64)
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


def _doctors_table(doctors: pa.Table, cells: pa.Table, strata: list[Stratum], table: pa.Table) -> pa.Table:
    keys, known = doctors["doctor"].to_pylist(), {row["stratum"]: row for row in table.to_pylist()}
    cents = matrix(cells, keys, len(strata), "cents", "squares")
    boxes = matrix(cells, keys, len(strata), "boxes", "box_squares")
    nothing = dict.fromkeys(("mean_cents", "var_cents2", "mean_boxes", "var_boxes2"), np.nan)
    norms = {name: np.array([known.get(s.key, nothing)[name] for s in strata]) for name in nothing}
    euros = statistics.measure(cents, Norms(norms["mean_cents"], norms["var_cents2"]))
    packs = statistics.measure(boxes, Norms(norms["mean_boxes"], norms["var_boxes2"]))
    columns = {
        "doctor_id": doctors["doctor_id"], "department": doctors["department"],
        "patients": cents.patients.sum(axis=1), "observed_cents": euros.observed, "expected_cents": euros.expected,
        "ratio": pa.array(euros.ratio, from_pandas=True), "se": pa.array(euros.se, from_pandas=True),
        "boxes": packs.observed, "expected_boxes": packs.expected, "seen": doctors["seen"],
    }  # fmt: skip
    return pa.table(columns).cast(pa.schema(COLUMNS["doctors"]))


def _cells_table(doctors: pa.Table, cells: pa.Table, strata: list[Stratum]) -> pa.Table:
    ids = dict(zip(doctors["doctor"].to_pylist(), doctors["doctor_id"].to_pylist(), strict=True))
    order = {doctor_id: place for place, doctor_id in enumerate(ids.values())}
    place = pa.array([order[ids[doctor]] for doctor in cells["doctor"].to_pylist()])
    table = pa.table(
        {
            "doctor_id": [ids[doctor] for doctor in cells["doctor"].to_pylist()],
            "stratum": [strata[place].key for place in cells["stratum"].to_pylist()],
            "patients": cells["patients"], "sum_cents": cells["cents"], "boxes": cells["boxes"],
        }
    ).cast(pa.schema(COLUMNS["cells"]))  # fmt: skip
    sorted_rows = pc.sort_indices(
        pa.table({"d": place, "s": cells["stratum"]}), sort_keys=[("d", "ascending"), ("s", "ascending")]
    )
    return table.take(sorted_rows)


def _classes_table(steps: Steps, strata: list[Stratum]) -> pa.Table:
    rows = steps.engine.fetch("select * from classes order by stratum, atc")
    return pa.table(
        {
            "stratum": pa.array([strata[place].key for place in rows["stratum"].to_pylist()], pa.string()),
            "atc": rows["atc"], "sum_cents": rows["cents"], "boxes": rows["boxes"],
        }
    ).cast(pa.schema(COLUMNS["classes"]))  # fmt: skip


def _toml(
    store: Store, year: int, definition: Definition, built_on: date, steps: Steps, tables: dict[str, pa.Table]
) -> str:
    covered_from, _ = store.dataset.cover_of("deliveries")
    doctors = tables["doctors"]
    content: dict[str, Any] = {
        "layout": LAYOUT, "year": year,
        "source": store.dataset.source, "title": store.dataset.title, "synthetic": store.dataset.synthetic,
        "built_on": built_on, "program_version": _program_version(),
        "look_back_covered": covered_from <= steps.year.look_back_first,
    }  # fmt: skip
    unpriced = steps.engine.fetch("select cast(coalesce(sum(unpriced), 0) as bigint) as n from reference_cells")
    counts = {name: table.num_rows for name, table in tables.items()} | {
        "tracked_classes": pc.sum(tables["scope"]["tracked"]).as_py() or 0,
        "patients": pc.sum(doctors["patients"]).as_py(),
        "observed_cents": pc.sum(doctors["observed_cents"]).as_py(),
        "unpriced_lines": unpriced["n"][0].as_py(),
    }
    used = definition.model_dump(mode="json", include={"patients", "doctors", "drugs", "strata", "cap"})
    numbers = {key: value for section in used.values() for key, value in section.items() if key != "reference"}
    about = {"id": definition.id, "label": definition.label, "hash": definition.reference_hash} | numbers
    return _section(content) + "\n[definition]\n" + _section(about) + "\n[counts]\n" + _section(counts)


def _section(values: dict[str, Any]) -> str:
    """A JSON string, number, boolean or list is also TOML."""
    return "".join(
        f"{key} = {value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)}\n"
        for key, value in values.items()
    )


def _program_version() -> str:
    try:
        return metadata.version("tableau-mt")
    except metadata.PackageNotFoundError:
        return "source"


def _refuse_foreign_folder(to: Path) -> None:
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / "reference.toml").exists())):
        raise UnusableReferenceError(
            f"« {to} » contient déjà autre chose qu’une référence. Choisissez un dossier vide ou nouveau."
        )


def _write(to: Path, tables: dict[str, pa.Table], toml: str) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".reference-", dir=to.parent))
    try:
        for name, table in tables.items():
            pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
        (aside / "reference.toml").write_text(toml, encoding="utf-8")
        aside.chmod(0o755)
        if to.exists():
            shutil.rmtree(to)
        aside.rename(to)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
