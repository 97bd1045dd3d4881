"""The change of the ratio from one year to the next, with its paired interval.

The patients are mostly the same, so the two ratios err together. With d_i = (c2 - R2 e2) / O2 - (c1 - R1 e1) / O1 for
each patient of either year (0 in a year he is not in), se = sqrt(sum d_i^2) for log(R2 / R1). The unpaired formula is
about twice too wide. Each year is measured with its own reference, so that general growth is not counted as a change.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from calculators.errors import UserError
from calculators.sobriety.openings import DoctorYear

SCHEMA = pa.schema(
    [
        ("doctor_id", pa.string()), ("year_before", pa.int32()), ("year", pa.int32()),
        *((name, pa.float64()) for name in ("ratio_before", "ratio", "change", "log_change")),
        *((name, pa.float64()) for name in ("se", "low_95", "high_95")),
        ("patients_both", pa.int64()), ("reason", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class RatioChange:
    """The row."""

    year_before: int
    year: int
    ratio_before: float | None
    ratio: float | None
    change: float | None
    log_change: float | None
    se: float | None
    low_95: float | None
    high_95: float | None
    patients_both: int
    reason: str


class NotComparableError(UserError):
    """Two openings that are not two years of one doctor."""


def change(before: DoctorYear, now: DoctorYear) -> pa.Table:
    """One row: doctor_id, year_before, year, ratio_before, ratio, change (R2 / R1 - 1), log_change, se (paired, of the
    log), low_95 and high_95 (of `change`), patients_both, reason (French, when a ratio is missing or zero).

    Raises NotComparableError when the two are not years of the same doctor.
    """
    if before.doctor_id != now.doctor_id or before.year != now.year - 1:
        raise NotComparableError(
            f"Le changement se calcule pour un même médecin et deux années qui se suivent, pas entre « "
            f"{before.doctor_id} » en {before.year} et « {now.doctor_id} » en {now.year}."
        )
    row = {"doctor_id": now.doctor_id, "year_before": before.year, "year": now.year, "reason": ""}
    both = set(before.patients["patient_id"].to_pylist()) & set(now.patients["patient_id"].to_pylist())
    row["patients_both"] = len(both)
    if min(before.observed_cents, now.observed_cents, before.expected_cents, now.expected_cents) <= 0:
        return pa.Table.from_pylist([row | {"reason": "Aucune dépense suivie une des deux années."}], schema=SCHEMA)
    return pa.Table.from_pylist([row | _estimate(before, now)], schema=SCHEMA)


def _estimate(before: DoctorYear, now: DoctorYear) -> dict[str, float]:
    first, second = (year.observed_cents / year.expected_cents for year in (before, now))
    differences = _influence(now)
    for patient, value in _influence(before).items():
        differences[patient] = differences.get(patient, 0.0) - value
    se, log_change = float(np.sqrt(sum(d * d for d in differences.values()))), float(np.log(second / first))
    z = now.definition.interval.z_95
    return {
        "ratio_before": first, "ratio": second, "change": second / first - 1, "log_change": log_change, "se": se,
        "low_95": float(np.exp(log_change - z * se)) - 1, "high_95": float(np.exp(log_change + z * se)) - 1,
    }  # fmt: skip


def _influence(year: DoctorYear) -> dict[str, float]:
    """What each patient adds to the error of log R."""
    ratio = year.observed_cents / year.expected_cents
    values = (year.cents - ratio * year.expected) / year.observed_cents
    return dict(zip(year.patients["patient_id"].to_pylist(), values.tolist(), strict=True))
