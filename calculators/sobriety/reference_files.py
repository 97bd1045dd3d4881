"""The files of a reference folder: their columns, and how they are read back. `reference.py` says what they mean.

A reference is exact, with its doctors and their cells, or without doctors: a published copy (`publish.py`), with their
distribution only, or what a group of volunteers summed, private until it is published (`volunteers.py`).
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from calculators import faults
from calculators.errors import UserError
from calculators.sobriety import statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.norms import MERGED_WITH, Strata
from calculators.sobriety.steps import tracked_classes

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
        "boxes": pa.int64(), "expected_boxes": pa.float64(), "seen": pa.int64(), "ref_se": pa.float64(),
    },
    "cells": {
        "doctor_id": pa.string(), "stratum": pa.string(), "patients": pa.int64(), "sum_cents": pa.int64(),
        "boxes": pa.int64(),
    },
    "classes": {
        "stratum": pa.string(), "atc": pa.string(), "sum_cents": pa.int64(), "boxes": pa.int64(), "patients": pa.int64(),
    },
}  # fmt: skip
OF_DOCTORS = ("doctors", "cells")
"""What a published copy does not have."""
SINCE = {"doctors": ("ref_se",), "classes": ("patients",)}
"""Columns that older references do not have: read as null."""
DISTRIBUTION = {
    "doctors": pa.int64(), "tau": pa.float64(), "tau_basis": pa.string(), "tau_low": pa.float64(), "tau_high": pa.float64(),
}  # fmt: skip
"""The row of `distribution.parquet`; then a column for each centile of the ratio, null when it cannot be told."""
Basis = Literal["estimé", "supposé"]
ESTIMATED: Basis = "estimé"
ASSUMED: Basis = "supposé"


@dataclass(frozen=True)
class Spread:
    """Between-doctor spread of log R, with its 95 % limits (null under three doctors)."""

    tau: float
    basis: Basis
    low: float | None
    high: float | None


class UnusableReferenceError(UserError):
    """A reference that cannot be built or read; the message says what would be right."""


class DoubtfulReferenceError(UnusableReferenceError):
    """One that is not built from records in doubt, unless they are accepted."""


@dataclass(frozen=True)
class Reference:
    """An opened reference; the tables have the columns of `COLUMNS`, without rows where a published copy has no file."""

    path: Path
    year: int
    definition_id: str
    definition_hash: str
    source: str
    title: str
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
    distribution: pa.Table | None = None
    maker: str = ""
    """Who answers for it, when it says so."""
    private: bool = False
    """Is it not to travel as it is?"""
    contributions: frozenset[str] = frozenset()
    """Numbers of the contributions of volunteers that it is the sum of."""

    @property
    def published(self) -> bool:
        """Without doctors, as a copy that travels: it does not tell who is in it."""
        return self.distribution is not None

    @cached_property
    def size(self) -> int:
        """How many doctors it was made of."""
        return self.doctors.num_rows if self.distribution is None else int(self.distribution["doctors"][0].as_py())

    @cached_property
    def by_stratum(self) -> Strata:
        return Strata(self.strata)

    @cached_property
    def members(self) -> frozenset[str]:
        """Ids of the doctors it was made of; none when it does not tell."""
        return frozenset(self.doctors["doctor_id"].to_pylist())

    @cached_property
    def tracked(self) -> list[str]:
        """ATC classes of the scope."""
        return tracked_classes(self.scope)

    def centile(self, percent: float) -> float | None:
        """Ratio under which this share of its doctors are; None when a published copy does not tell."""
        if self.distribution is None:
            ratios = self.doctors["ratio"].drop_null().to_numpy()
            return float(np.quantile(ratios, percent / 100)) if len(ratios) else None
        name = centile_column(int(percent))
        told = percent == int(percent) and name in self.distribution.column_names
        return self.distribution[name][0].as_py() if told else None

    def spread(self, definition: Definition) -> Spread:
        """tau: assumed when the doctors are too few, or when few of them seem not to differ at all; else estimated."""
        if self.distribution is not None:
            [row] = self.distribution.to_pylist()
            return Spread(row["tau"], row["tau_basis"], row["tau_low"], row["tau_high"])
        doctors = len(self._usable[0])
        tau = self._estimated_tau if doctors >= definition.spread.minimum_doctors else 0.0
        return believed(definition, doctors, tau, *self._spread_limits)

    def tau(self, definition: Definition) -> float:
        return self.spread(definition).tau

    @cached_property
    def _usable(self) -> tuple[statistics.Floats, statistics.Floats]:
        ratio, se = (self.doctors[column].to_numpy(zero_copy_only=False) for column in ("ratio", "se"))
        usable = (ratio > 0) & (se > 0)
        return ratio[usable], se[usable]

    @cached_property
    def _estimated_tau(self) -> float:
        return statistics.between_doctor_spread(*self._usable)

    @cached_property
    def _spread_limits(self) -> tuple[float | None, float | None]:
        return statistics.spread_limits(*self._usable) if len(self._usable[0]) > 2 else (None, None)


def believed(definition: Definition, doctors: int, tau: float, low: float | None, high: float | None) -> Spread:
    """An estimate of tau from this many doctors, or what is assumed in its place."""
    known = definition.spread
    if doctors < known.minimum_doctors or (tau == 0 and doctors < known.zero_believed_from):
        return Spread(known.assumed, ASSUMED, low, high)
    return Spread(tau, ESTIMATED, low, high)


def centile_column(centile: int) -> str:
    """Its name in `distribution.parquet`."""
    return f"p{centile}"


def is_published(folder: Path) -> bool:
    """Is a folder with a `reference.toml` that of a published copy? Raises UnusableReferenceError."""
    return bool(_read_about(folder / "reference.toml").get("published", False))


def refuse_foreign_folder(to: Path) -> None:
    """Raise UnusableReferenceError when a folder to be written holds something other than a reference."""
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / "reference.toml").exists())):
        raise UnusableReferenceError(
            f"« {to} » contient déjà autre chose qu’une référence. Choisissez un dossier vide ou nouveau."
        )


def toml_of(content: dict[str, Any], **sections: dict[str, Any]) -> str:
    """Text of `reference.toml`."""
    return tomli_w.dumps(content | sections)


def open_reference(path: Path) -> Reference:
    """Open a reference folder. Raises UnusableReferenceError (French) when it is missing, incomplete or foreign."""
    if not path.is_dir():
        raise UnusableReferenceError(
            f"Le dossier de référence « {path} » n’existe pas. Construisez-le avec « tableau-mt reference build »."
        )
    about = _read_about(path / "reference.toml")
    alone = bool(about.get("published", False) or about.get("volunteers", False))
    try:
        return Reference(
            path=path,
            year=int(about["year"]),
            definition_id=str(about["definition"]["id"]),
            definition_hash=str(about["definition"]["hash"]),
            source=str(about["source"]),
            title=str(about.get("title", "")),
            synthetic=bool(about["synthetic"]),
            built_on=about["built_on"],
            program_version=str(about["program_version"]),
            look_back_covered=bool(about["look_back_covered"]),
            counts=dict(about["counts"]),
            **{name: _table_of(path, name, alone) for name in COLUMNS},
            distribution=_read_table(path / "distribution.parquet", DISTRIBUTION) if alone else None,
            maker=str(about.get("maker", "")),
            private=not about.get("published", False),
            contributions=frozenset(map(str, about.get("contributions", ()))),
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


def _table_of(path: Path, name: str, without_doctors: bool) -> pa.Table:
    """A table of an exact reference or of one without doctors, with the columns either has."""
    columns = COLUMNS[name] | ({MERGED_WITH: pa.string()} if name == "strata" else {})
    if without_doctors and name in OF_DOCTORS:
        return pa.schema(columns).empty_table()
    later = (*SINCE.get(name, ()), MERGED_WITH)
    table = _read_table(path / f"{name}.parquet", {key: kind for key, kind in columns.items() if key not in later})
    for column in columns:
        if column not in table.column_names:
            table = table.append_column(column, pa.nulls(table.num_rows, columns[column]))
    return table.select(list(columns)).cast(pa.schema(columns))


def _read_table(file: Path, columns: dict[str, pa.DataType]) -> pa.Table:
    """All columns of a file that has at least these."""
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
    return table
