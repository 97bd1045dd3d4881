"""What the ratio would be if some prescriptions were not there, or were halved. The reference does not move.

A change on an ATC class (or a group of classes, by the start of its code) alters what was spent on it, for all his
patients; a case of long use, only the part delivered after the given time. A patient set to 0 leaves the list, with
what was expected of him; at another factor his spend alone changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.errors import UserError
from calculators.rules import suggest
from calculators.sobriety.openings import DoctorYear, cells_of
from calculators.sobriety.statistics import Floats, Integers

SCHEMA = pa.schema(
    [
        ("case", pa.string()), ("patients", pa.int64()), ("observed_cents", pa.int64()),
        *((name, pa.float64()) for name in (
            "expected_cents", "ratio", "se", "low_95", "high_95", "low_998", "high_998", "reliability", "shrunk_ratio",
            "gap_share",
        )),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One row."""

    case: str
    patients: int
    observed_cents: int
    ratio: float | None
    se: float | None
    low_95: float | None
    high_95: float | None
    shrunk_ratio: float | None
    gap_share: float | None


class UnknownPartError(UserError):
    """A class or a patient the doctor has nothing for."""


@dataclass(frozen=True)
class Less:
    """Multiply by `factor` (0 = remove, 0.5 = halve) the spend on an ATC class, of a patient, or of a case of long use
    (by its id in the definition)."""

    factor: float
    atc: str = ""
    patient_id: str = ""
    long_use: str = ""


def what_if(opened: DoctorYear, changes: Sequence[Less]) -> pa.Table:
    """Two rows, `now` and `changed`: case, patients, observed_cents, the figures of the ratio, gap_share (what the
    changes are of the gap from the ratio to 1; null without gap). Amounts are rounded to the cent, line by line.

    Raises UnknownPartError (French) for a class or a patient that is not there.
    """
    cents, stays = _changed(opened, changes)
    rows = [_row(opened, "now", opened.cents, np.ones_like(stays)), _row(opened, "changed", cents, stays)]
    rows[1]["gap_share"] = _share_of_gap(rows[0]["ratio"], rows[1]["ratio"])
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _row(opened: DoctorYear, case: str, cents: Integers, stays: Integers) -> dict[str, Any]:
    kept = stays > 0
    cells = cells_of(opened.stratum[kept], cents[kept], len(opened.scale.strata))
    figures = {name: values[0] for name, values in opened.scale.figures(cells).items()}
    shown = {name: float(value) if np.isfinite(value) else None for name, value in figures.items()}
    return {"case": case, "patients": int(kept.sum()), "observed_cents": int(cents[kept].sum())} | shown


def _changed(opened: DoctorYear, changes: Sequence[Less]) -> tuple[Integers, Integers]:
    """Each patient's spend after the changes, and whether he stays on the list (1) or not (0)."""
    patients = opened.patients["patient_id"].to_pylist()
    place = {patient: at for at, patient in enumerate(patients)}
    lines = np.array([place[patient] for patient in opened.classes["patient_id"].to_pylist()], dtype=np.int64)
    kept, stays = np.ones(len(lines)), np.ones(len(patients), dtype=np.int64)
    for change in changes:
        touched = _touched(opened, change, lines, place)
        kept *= 1 - (1 - change.factor) * touched
        if change.patient_id and not change.atc and not change.long_use and change.factor == 0:
            stays[place[change.patient_id]] = 0
    left = np.rint(opened.classes["cents"].to_numpy() * kept).astype(np.int64)
    cents = np.zeros(len(patients), dtype=np.int64)
    np.add.at(cents, lines, left)
    return cents, stays


def _touched(opened: DoctorYear, change: Less, lines: Integers, place: dict[str, int]) -> Floats:
    """Share of each line (patient, class) a change bears on: where it names several things, all must hold."""
    touched = np.ones(len(lines))
    if change.patient_id:
        if change.patient_id not in place:
            raise UnknownPartError(f"Le patient « {change.patient_id} » n’est pas un patient fidèle de ce médecin.")
        touched *= lines == place[change.patient_id]
    if change.atc:
        of_class = pc.starts_with(opened.classes["atc"], change.atc).to_numpy(zero_copy_only=False)
        if not of_class.any():
            raise UnknownPartError(f"Aucune prescription suivie de la classe « {change.atc} » chez ces patients.")
        touched *= of_class
    return touched * _long_share(opened, change.long_use) if change.long_use else touched


def _long_share(opened: DoctorYear, case: str) -> Floats:
    """Share of each line's amount that is long use."""
    known = [rule.id for rule in opened.definition.what_if]
    if case not in known:
        raise UnknownPartError(f"Le cas « {case} » n’est pas dans la définition ; {suggest(case, known)}")
    rows = [row for row in opened.long_use.to_pylist() if row["id"] == case]
    part = {(row["patient_id"], row["atc"]): row["cents"] for row in rows}
    names = zip(opened.classes["patient_id"].to_pylist(), opened.classes["atc"].to_pylist(), strict=True)
    cents = opened.classes["cents"].to_numpy()
    long = np.array([part.get(name, 0) for name in names], dtype=float)
    return np.where(cents != 0, long / np.where(cents != 0, cents, 1), 0.0)


def _share_of_gap(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None or before == 1 else (before - after) / (before - 1)
