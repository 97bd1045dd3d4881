"""The ROSP from the indicators that a record can show, beside what was really paid.

At the target or beyond, all the points; from the intermediate objective on, half and the share of the way; below it, half of
the way from where the doctor started, which is not known: no amount then, and none where an objective was not found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
from pydantic import Field

from calculators import rules
from calculators.rules import Basis, Frozen, Reference

SCHEMA = pa.schema(
    [
        *(("doctor_id", pa.string()), ("indicator", pa.string()), ("eligible", pa.int64()), ("validated", pa.int64())),
        *(("points", pa.float64()), ("amount_cents", pa.int64()), ("basis", pa.string()), ("reason", pa.string())),
    ]
)
NO_OBJECTIVE = "objectifs non trouvés : saisissez ceux de votre relevé"
NO_START = "sous l’objectif intermédiaire : le taux de départ n’est pas connu"
NOBODY = "personne n’est concerné"


class Objective(Frozen):
    """An indicator, by the id of the one that judges it."""

    id: str
    points: int = Field(gt=0)
    middle: Decimal | None = None
    target: Decimal | None = None
    basis: Basis


class Rosp(Frozen):
    """`rosp.toml`."""

    point: Decimal
    adults: int
    adult_from: int
    reference: tuple[Reference, ...] = Field(min_length=1)
    indicator: tuple[Objective, ...]


@dataclass(frozen=True)
class RospLine:
    """One row; `amount_cents` is None where it cannot be told, and `reason` says why."""

    doctor_id: str
    indicator: str
    eligible: int
    validated: int
    points: float | None
    amount_cents: int | None
    basis: str
    reason: str | None


@cache
def rosp() -> Rosp:
    """The indicators that ship. Raises RuleError."""
    return rules.load(Path(__file__).with_name("rosp.toml"), Rosp)


def lines(doctor: str, counted: Mapping[str, tuple[int, int]], adults: int) -> list[RospLine]:
    """A row per indicator. `counted`: concerned and validated, by indicator; `adults`: on the list."""
    known, rows = rosp(), []
    for one in known.indicator:
        eligible, done = counted.get(one.id, (0, 0))
        share = reached(one, Decimal(done) / eligible) if eligible else None
        why = NOBODY if not eligible else NO_OBJECTIVE if one.target is None or one.middle is None else NO_START
        if share is None:
            rows.append(RospLine(doctor, one.id, eligible, done, None, None, one.basis, why))
            continue
        points = one.points * share * adults / known.adults
        cents = int((points * known.point * 100).to_integral_value(ROUND_HALF_UP))
        rows.append(RospLine(doctor, one.id, eligible, done, float(points), cents, one.basis, None))
    return rows


def reached(one: Objective, rate: Decimal) -> Decimal | None:
    """Share of the points; None when it cannot be told."""
    if one.target is not None and rate >= one.target:
        return Decimal(1)
    if one.target is None or one.middle is None or rate < one.middle:
        return None
    half = Decimal("0.5")
    return half + half * (rate - one.middle) / (one.target - one.middle)
