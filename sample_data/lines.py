"""Lines of care being gathered for one doctor: parallel arrays, appended to and joined once.

Professionals are numbered: 0 nobody, 1 the doctor, 2 an earlier GP, 3 to 7 other GPs, then per specialty of the model two in
town and one at the hospital, last a nurse and a midwife.
"""

from dataclasses import dataclass, field

import numpy as np

from sample_data.model import GP, Array, Model
from sample_data.people import People

NOBODY, OWN, EARLIER, OTHER_GP, OTHER_GPS = 0, 1, 2, 3, 5
FIRST_SPECIALIST = OTHER_GP + OTHER_GPS
PER_SPECIALTY = 3
AUXILIARIES = ("24", "21")
"""Specialty codes of a nurse and of a midwife."""


def professionals(model: Model, doctor_id: str) -> tuple[list[str | None], list[str | None]]:
    """Id and official specialty code of each number."""
    ids: list[str | None] = [None, doctor_id, *(f"{doctor_id}-G{n}" for n in range(OTHER_GPS + 1))]
    codes: list[str | None] = [None, *[GP] * (OTHER_GPS + 2)]
    for code in model.specialties:
        ids += [f"{doctor_id}-S{code}a", f"{doctor_id}-S{code}b", f"{doctor_id}-H{code}"]
        codes += [code] * PER_SPECIALTY
    return [*ids, f"{doctor_id}-I", f"{doctor_id}-F"], [*codes, *AUXILIARIES]


def nurse(model: Model) -> int:
    """Number of the nurse."""
    return FIRST_SPECIALIST + PER_SPECIALTY * len(model.specialties)


def midwife(model: Model) -> int:
    """Number of the midwife."""
    return nurse(model) + 1


def specialist(model: Model, code: str) -> int:
    """Number of the first professional of a specialty; the third one works at the hospital."""
    return FIRST_SPECIALIST + PER_SPECIALTY * model.specialties.index(code)


def general_practitioner(people: People, rows: Array, days: Array, elsewhere: float, rng: np.random.Generator) -> Array:
    """Who a patient sees on a day: his doctor, now and then another GP, and an earlier one before he came."""
    other = rng.random(len(rows)) < elsewhere
    seen = np.where(other, OTHER_GP + rng.integers(0, OTHER_GPS, len(rows)), OWN)
    return np.where(days < people.first[rows], EARLIER, seen)


@dataclass
class Lines:
    """Columns of one table; `add` broadcasts single values."""

    columns: tuple[str, ...]
    parts: list[tuple[Array, ...]] = field(default_factory=list)

    def add(self, *values: Array | int) -> None:
        n = max(np.size(value) for value in values)
        if n and all(np.size(value) for value in values):
            self.parts.append(tuple(np.broadcast_to(np.asarray(value, dtype=np.int32), n) for value in values))

    def joined(self) -> dict[str, Array]:
        if not self.parts:
            return {name: np.empty(0, np.int32) for name in self.columns}
        joined = [np.concatenate(values) for values in zip(*self.parts, strict=True)]
        return dict(zip(self.columns, joined, strict=True))


def deliveries() -> Lines:
    return Lines(("patient", "day", "product", "boxes", "by"))


def acts() -> Lines:
    return Lines(("patient", "day", "act", "by"))


def recorded(lines: dict[str, Array], people: People, start: int) -> dict[str, Array]:
    """The lines within each patient's records: from `start` and birth to death, departure or the end."""
    rows = lines["patient"]
    kept = (lines["day"] >= np.maximum(people.birth[rows], start)) & (lines["day"] <= people.until[rows])
    return {name: values[kept] for name, values in lines.items()}
