"""The files of a reference folder: their columns, and how they are read back. `reference.py` says what they mean."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calculators import faults
from calculators.errors import UserError
from calculators.sobriety import statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.statistics import Norms
from calculators.sobriety.steps import tracked_classes
from calculators.sobriety.strata import Stratum

LAYOUT = 1
"""Raise it when the files of a reference change: older ones are then refused."""
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "strata": {
        "age_class": pa.string(), "sex": pa.string(), "ald": pa.bool_(), "c2s": pa.bool_(),
        "patients": pa.int64(), "sum_cents": pa.int64(), "mean_cents": pa.float64(), "var_cents2": pa.float64(),
        "stratum": pa.string(), "cap_cents": pa.int64(), "capped_mean_cents": pa.float64(),
        "mean_boxes": pa.float64(), "var_boxes2": pa.float64(),
    },
    "scope": {"atc": pa.string(), "initiations": pa.int64(), "gp_initiations": pa.int64(), "tracked": pa.bool_()},
    "doctors": {
        "doctor_id": pa.string(), "department": pa.string(), "patients": pa.int64(), "observed_cents": pa.int64(),
        "expected_cents": pa.float64(), "ratio": pa.float64(), "se": pa.float64(),
        "boxes": pa.int64(), "expected_boxes": pa.float64(), "seen": pa.int64(),
    },
    "cells": {
        "doctor_id": pa.string(), "stratum": pa.string(), "patients": pa.int64(), "sum_cents": pa.int64(),
        "boxes": pa.int64(),
    },
    "classes": {"stratum": pa.string(), "atc": pa.string(), "sum_cents": pa.int64(), "boxes": pa.int64()},
}  # fmt: skip


class UnusableReferenceError(UserError):
    """A reference that cannot be built or read; the message says what would be right."""


@dataclass(frozen=True)
class Reference:
    """An opened reference; the tables have the columns of `COLUMNS`."""

    path: Path
    year: int
    definition_id: str
    definition_hash: str
    source: str
    synthetic: bool
    built_on: date
    program_version: str
    look_back_covered: bool
    counts: dict[str, int]
    strata: pa.Table
    scope: pa.Table
    doctors: pa.Table
    cells: pa.Table
    classes: pa.Table

    @cached_property
    def members(self) -> frozenset[str]:
        """Ids of the doctors it was made of."""
        return frozenset(self.doctors["doctor_id"].to_pylist())

    @cached_property
    def tracked(self) -> list[str]:
        """ATC classes of the scope."""
        return tracked_classes(self.scope)

    def norms(self, strata: list[Stratum], mean: str = "mean_cents", variance: str = "var_cents2") -> Norms:
        """Means and variances joined by key to these strata; nan for a stratum the reference does not have."""
        rows = {row["stratum"]: row for row in self.strata.to_pylist()}
        found = [rows.get(stratum.key, {mean: np.nan, variance: np.nan}) for stratum in strata]
        return Norms(np.array([row[mean] for row in found]), np.array([row[variance] for row in found]))

    def tau(self, definition: Definition) -> float:
        """Between-doctor spread of log R: estimated, or assumed when the doctors are too few (`tau_is_assumed`)."""
        if self.tau_is_assumed(definition):
            return definition.spread.assumed
        return self._estimated_tau

    def tau_is_assumed(self, definition: Definition) -> bool:
        return len(self._usable[0]) < definition.spread.minimum_doctors

    @cached_property
    def _usable(self) -> tuple[statistics.Floats, statistics.Floats]:
        ratio, se = (self.doctors[column].to_numpy(zero_copy_only=False) for column in ("ratio", "se"))
        usable = (ratio > 0) & (se > 0)
        return ratio[usable], se[usable]

    @cached_property
    def _estimated_tau(self) -> float:
        return statistics.between_doctor_spread(*self._usable)


def open_reference(path: Path) -> Reference:
    """Open a reference folder. Raises UnusableReferenceError (French) when it is missing, incomplete or foreign."""
    if not path.is_dir():
        raise UnusableReferenceError(
            f"Le dossier de référence « {path} » n’existe pas. Construisez-le avec « tableau-mt reference build »."
        )
    about = _read_about(path / "reference.toml")
    try:
        return Reference(
            path=path,
            year=int(about["year"]),
            definition_id=str(about["definition"]["id"]),
            definition_hash=str(about["definition"]["hash"]),
            source=str(about["source"]),
            synthetic=bool(about["synthetic"]),
            built_on=about["built_on"],
            program_version=str(about["program_version"]),
            look_back_covered=bool(about["look_back_covered"]),
            counts=dict(about["counts"]),
            **{name: _read_table(path / f"{name}.parquet", columns) for name, columns in COLUMNS.items()},
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise UnusableReferenceError(
            f"Le fichier « {path / 'reference.toml'} » n’est pas celui d’une référence : {problem} manque ou est "
            "illisible. Reconstruisez la référence."
        ) from None


def _read_about(file: Path) -> dict[str, Any]:
    try:
        about = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnusableReferenceError(
            f"Le dossier « {file.parent} » n’est pas une référence : reference.toml y manque."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise UnusableReferenceError(
            f"Le fichier « {file} » n’est pas un fichier TOML lisible : {faults.cause(problem)}."
        ) from None
    if about.get("layout") != LAYOUT:
        raise UnusableReferenceError(
            f"La référence « {file.parent} » a été écrite par une autre version du programme. Reconstruisez-la."
        )
    return about


def _read_table(file: Path, columns: dict[str, pa.DataType]) -> pa.Table:
    if not file.exists():
        raise UnusableReferenceError(
            f"La référence « {file.parent} » est incomplète : {file.name} manque. Reconstruisez-la."
        )
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError):
        raise UnusableReferenceError(f"Le fichier « {file} » n’est pas un fichier parquet entier.") from None
    for name, kind in columns.items():
        if name not in table.column_names:
            raise UnusableReferenceError(
                f"Le fichier « {file} » n’a pas la colonne « {name} ». Reconstruisez la référence."
            )
        if table.schema.field(name).type != kind:
            raise UnusableReferenceError(
                f"Le fichier « {file} », colonne « {name} » : type {table.schema.field(name).type} trouvé, {kind} "
                "attendu. Reconstruisez la référence."
            )
    return table.select(list(columns))
