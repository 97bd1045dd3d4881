"""The ROSP from the indicators that a record can show, beside what was really paid.

At the target or beyond, all the points; from the intermediate objective on, half and the share of the way; below it, half of
the way from where the doctor started. Objectives and start that he typed (`rosp.<indicator>.cible`, `.intermediaire`,
`.depart`) win over those of the file; an objective that nobody published is a hypothesis, and the row says so. What is not
known gives no amount.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
NO_START = "sous l’objectif intermédiaire : saisissez votre taux de départ"
OUT_OF_ORDER = "objectifs saisis dans le désordre : départ, intermédiaire, puis cible"
SUPPOSED = "objectifs supposés, de mémoire : saisissez ceux de votre relevé"
TYPED = "objectifs saisis"
NOBODY = "personne n’est concerné"


class Sourced(Frozen):
    """Where two objectives come from."""

    basis: Basis
    since: date


class Objective(Frozen):
    """An indicator, by the id of the one that judges it. `start`: where the doctor started, which he alone knows;
    `objectives`: where `middle` and `target` come from, of what day, None where they are typed or lacking."""

    id: str
    points: int = Field(gt=0)
    start: Decimal | None = None
    middle: Decimal | None = None
    target: Decimal | None = None
    objectives: Sourced | None = None
    basis: Basis

    @property
    def is_in_order(self) -> bool:
        """Start, intermediate objective, target: each above the one before."""
        known = [one for one in (self.start, self.middle, self.target) if one is not None]
        return known == sorted(set(known))


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


def lines(
    doctor: str, counted: Mapping[str, tuple[int, int]], adults: int, typed: Mapping[str, str] | None = None
) -> list[RospLine]:
    """A row per indicator. `counted`: concerned and validated, by indicator; `adults`: on the list; `typed`: fractions by
    `<indicator>.depart`, `.intermediaire`, `.cible`."""
    return [
        _line(doctor, with_typed(one, typed or {}), counted.get(one.id, (0, 0)), adults) for one in rosp().indicator
    ]


def with_typed(one: Objective, typed: Mapping[str, str]) -> Objective:
    """The indicator with what the doctor typed of it."""
    found = {name: typed.get(f"{one.id}.{said}") for name, said in TYPED_AS.items()}
    given = {name: Decimal(value) for name, value in found.items() if value is not None}
    replaced = {"middle", "target"} <= given.keys()
    return one.model_copy(update=given | ({"objectives": None} if replaced else {}))


TYPED_AS = {"start": "depart", "middle": "intermediaire", "target": "cible"}


def _line(doctor: str, one: Objective, counted: tuple[int, int], adults: int) -> RospLine:
    eligible, done = counted
    share = reached(one, Decimal(done) / eligible) if eligible and one.is_in_order else None
    if share is None:
        why = NOBODY if not eligible else _why_not(one)
        return RospLine(doctor, one.id, eligible, done, None, None, one.basis, why)
    points = one.points * share * adults / rosp().adults
    cents = int((points * rosp().point * 100).to_integral_value(ROUND_HALF_UP))
    return RospLine(doctor, one.id, eligible, done, float(points), cents, one.basis, _told(one))


def _why_not(one: Objective) -> str:
    if not one.is_in_order:
        return OUT_OF_ORDER
    return NO_OBJECTIVE if one.target is None or one.middle is None else NO_START


def _told(one: Objective) -> str | None:
    if one.objectives is None:
        return TYPED
    return SUPPOSED if one.objectives.basis == "hypothese" else None


def reached(one: Objective, rate: Decimal) -> Decimal | None:
    """Share of the points; None when it cannot be told."""
    half = Decimal("0.5")
    if one.target is not None and rate >= one.target:
        return Decimal(1)
    if one.target is None or one.middle is None:
        return None
    if rate >= one.middle:
        return half + half * (rate - one.middle) / (one.target - one.middle)
    if one.start is None:
        return None
    return max(Decimal(0), half * (rate - one.start) / (one.middle - one.start))
