"""The ratio of one doctor by hand over sorted arrays: the floor, of use only to see how far above it the engine is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from calculators.dates import year_of
from calculators.sobriety.steps import Year
from tests.benchmarks.in_pandas import Frames

Arrays = dict[str, dict[str, np.ndarray]]


def arrays_of(frames: Frames) -> Arrays:
    """Columns of the tables, by patient (by doctor for the lists); no amount is 0, any other null -1."""
    found: Arrays = {}
    for name in ("registrations", "patients", "ald", "c2s", "acts", "deliveries"):
        frame = frames[name].sort_values("doctor" if name == "registrations" else "patient", kind="stable")
        found[name] = {c: _plain(frame[c]) for c in frame.columns}
    return found


def _plain(column: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(column):
        return (column == "M").to_numpy()
    return column.fillna(0 if column.name == "base_cents" else -1).to_numpy(np.int64)


@dataclass
class InNumpy:
    """One year over arrays."""

    arrays: Arrays
    year: Year
    age_from: np.ndarray
    is_tracked: np.ndarray
    """By drug key; the last, where -1 leads, is false."""

    def sums(self, doctor: int) -> tuple[np.ndarray, int, int]:
        """Patients by stratum, observed cents, patients seen."""
        days = self.year.params
        patients = self._listed(doctor, days)
        about = {c: v[patients] for c, v in self.arrays["patients"].items()}
        ages = self.year.last.year - year_of(about["birth_day"].astype(np.int32))
        age_class = np.searchsorted(self.age_from, ages, side="right") - 1
        fit = (about["died_day"] > days["last"]) & (age_class >= 0)
        patients, male, age_class = patients[fit], about["sex"][fit], age_class[fit]
        acts, deliveries = (self._lines(table, patients, days) for table in ("acts", "deliveries"))
        act_happened = _happened(acts, "quantity", ("patient", "act", "day"))
        box_happened = _happened(deliveries, "boxes", ("patient", "drug", "day", "prescriber"))
        consumed = np.isin(
            patients, np.concatenate([acts["patient"][act_happened], deliveries["patient"][box_happened]])
        )
        patients, male, age_class = patients[consumed], male[consumed], age_class[consumed]
        ald, c2s = (self._has(right, patients, days["last"]) for right in ("ald", "c2s"))
        stratum = ((age_class * 2 + male) * 2 + ald) * 2 + c2s
        own = (
            (deliveries["prescriber"] == doctor)
            & self.is_tracked[deliveries["drug"]]
            & np.isin(deliveries["patient"], patients)
        )
        mine = {c: v[(acts["performer"] == doctor) & act_happened] for c, v in acts.items()}
        seen = np.intersect1d(mine["patient"][_happened(mine, "quantity", ("patient", "act", "day"))], patients)
        by_stratum = np.bincount(stratum, minlength=8 * len(self.age_from))
        return by_stratum, int(deliveries["base_cents"][own].sum()), len(seen)

    def _listed(self, doctor: int, days: dict[str, int]) -> np.ndarray:
        rows = self.arrays["registrations"]
        low, high = np.searchsorted(rows["doctor"], [doctor, doctor + 1])
        start, end, patient = (rows[c][low:high] for c in ("from_day", "to_day", "patient"))
        now, then = ((start <= day) & (end >= day) for day in (days["last"], days["before"]))
        return np.intersect1d(patient[now], patient[then])

    def _lines(self, table: str, patients: np.ndarray, days: dict[str, int]) -> dict[str, np.ndarray]:
        rows = self.arrays[table]
        low, high = np.searchsorted(rows["patient"], [patients[0], patients[-1] + 1])
        within = {c: v[low:high] for c, v in rows.items()}
        kept = (within["day"] >= days["first"]) & (within["day"] <= days["last"]) & np.isin(within["patient"], patients)
        return {c: v[kept] for c, v in within.items()}

    def _has(self, right: str, patients: np.ndarray, day: int) -> np.ndarray:
        rows = self.arrays[right]
        return np.isin(patients, rows["patient"][(rows["from_day"] <= day) & (rows["to_day"] >= day)])


def _happened(lines: dict[str, np.ndarray], amount: str, keys: tuple[str, ...]) -> np.ndarray:
    """Lines of which the sum by key is positive; only days with a reversal are added up."""
    happened = np.ones(len(lines["day"]), dtype=bool)
    places = np.flatnonzero(lines["with_reversal"])
    key = np.stack([lines[c][places] for c in keys], axis=1)
    _, group = np.unique(key, axis=0, return_inverse=True)
    total = np.bincount(group, weights=lines[amount][places]) if len(places) else np.array([])
    happened[places] = total[group] > 0 if len(places) else True
    return happened
