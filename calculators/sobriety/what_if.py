"""What the ratio would be if some prescriptions were not there, or were halved. The reference does not move.

A change on an ATC class (or a group of classes, by the start of its code) alters what was spent on it, for all his
patients. A patient set to 0 leaves the list, with what was expected of him; at another factor his spend alone changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.errors import UserError
from calculators.sobriety.openings import DoctorYear, cells_of
from calculators.sobriety.statistics import Integers

SCHEMA = pa.schema(
    [
        ("case", pa.string()), ("patients", pa.int64()), ("observed_cents", pa.int64()),
        *((name, pa.float64()) for name in (
            "expected_cents", "ratio", "se", "low_95", "high_95", "low_998", "high_998", "reliability", "shrunk_ratio",
            "gap_share",
        )),
    ]
)  # fmt: skip


class UnknownPartError(UserError):
    """A class or a patient the doctor has nothing for."""


@dataclass(frozen=True)
class Less:
    """Multiply by `factor` (0 = remove, 0.5 = halve) the spend on an ATC class, or of a patient."""

    factor: float
    atc: str = ""
    patient_id: str = ""


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
    factors, stays = np.ones(len(lines)), np.ones(len(patients), dtype=np.int64)
    for change in changes:
        touched = _touched(opened, change, lines, place)
        factors[touched] *= change.factor
        if change.patient_id and not change.atc and change.factor == 0:
            stays[place[change.patient_id]] = 0
    left = np.rint(opened.classes["cents"].to_numpy() * factors).astype(np.int64)
    cents = np.zeros(len(patients), dtype=np.int64)
    np.add.at(cents, lines, left)
    return cents, stays


def _touched(opened: DoctorYear, change: Less, lines: Integers, place: dict[str, int]) -> np.ndarray:
    """Lines (patient, class) a change bears on; with both a class and a patient, that class of that patient."""
    touched = np.ones(len(lines), dtype=bool)
    if change.patient_id:
        if change.patient_id not in place:
            raise UnknownPartError(f"Le patient « {change.patient_id} » n’est pas un patient fidèle de ce médecin.")
        touched &= lines == place[change.patient_id]
    if change.atc:
        touched &= pc.starts_with(opened.classes["atc"], change.atc).to_numpy(zero_copy_only=False)
        if not touched.any():
            raise UnknownPartError(f"Aucune prescription suivie de la classe « {change.atc} » chez ces patients.")
    return touched


def _share_of_gap(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None or before == 1 else (before - after) / (before - 1)
