"""What the doctor says he was really paid, instalment by instalment, beside what was computed for the same months.

Typed under `paid.<part>.<yyyy-mm>`, in cents. A difference is told with the reasons it can have (`instalments.toml`); it is
never explained away.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

from calculators.dates import OPEN_END
from calculators.records.facts import Facts
from calculators.rules import read_toml

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("part", pa.string()), ("month", pa.date32()), ("computed_cents", pa.int64())),
        *(("paid_cents", pa.int64()), ("difference_cents", pa.int64()), ("reason", pa.string())),
    ]
)
NOT_TYPED = "versement non saisi"
NOT_EXPECTED = "aucun versement de cette part n’est prévu ce mois-là"


@dataclass(frozen=True)
class Received:
    """One row. `difference_cents`: paid minus computed, None unless both are known."""

    doctor_id: str
    part: str
    month: date
    computed_cents: int | None
    paid_cents: int | None
    difference_cents: int | None
    reason: str | None


@cache
def reasons() -> Mapping[str, list[str]]:
    """Why a part may differ. Raises RuleError."""
    return read_toml(Path(__file__).with_name("instalments.toml"))


def compared(
    doctor: str, computed: Iterable[tuple[str, date, int]], said: Facts, first: date, last: date
) -> list[Received]:
    """Rows by month and part: what is due, and what was typed of the months between two days. `computed`: part, first of the
    month, cents."""
    due = {(part, month): cents for part, month, cents in computed}
    paid = {key: cents for key, cents in typed(doctor, said).items() if first <= key[1] <= last or key in due}
    keys = sorted({*due, *paid}, key=lambda key: (key[1], key[0]))
    return [_row(doctor, *key, due.get(key), paid.get(key)) for key in keys]


def typed(doctor: str, said: Facts) -> dict[tuple[str, date], int]:
    """Cents by part and month."""
    found = {}
    for key, value in said.starting(doctor, "paid", OPEN_END).items():
        if match := re.fullmatch(r"(\w+)\.(\d{4})-(\d{2})", key):
            found[match[1], date(int(match[2]), int(match[3]), 1)] = int(float(value))
    return found


def _row(doctor: str, part: str, month: date, due: int | None, paid: int | None) -> Received:
    if due is None or paid is None:
        return Received(doctor, part, month, due, paid, None, NOT_TYPED if paid is None else NOT_EXPECTED)
    why = " ; ".join(reasons().get(part, [])) if paid != due else None
    return Received(doctor, part, month, due, paid, paid - due, why)
