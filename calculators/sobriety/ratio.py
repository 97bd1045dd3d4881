"""The ratio: what a doctor's tracked prescriptions to his faithful patients cost, over what the reference expects.

One row per doctor of the `doctors` table or with a registration. First the columns of the design:

doctor_id, year, patients (faithful), observed_cents (int64), expected_cents (float64, unrounded), ratio, se (of log R),
low_95, high_95, low_998, high_998, reliability, shrunk_ratio, verdict (`au-dessus`, `compatible`, `en dessous` or
empty), reason (French: why there is no ratio, no interval or no verdict; else empty); then

seen (faithful patients the doctor saw), boxes, expected_boxes, boxes_ratio, unpriced (tracked lines without an amount),
in_reference, reference_year, reason_code (`reasons.Reason`, or empty).

Decisions where the design is silent:
* no ratio, first reason that holds: reference of another year (unless accepted), acts or deliveries not recorded or not
  covering the year, no amounts, too few patients seen, ALD or C2S not recorded (unless accepted), nothing expected.
  `observed_cents` is then given only when the year is covered and priced, `expected_cents` never;
* a ratio but no verdict: O <= 0 (no interval either), reference of another year, practice begun in the year, lines
  without amount (O is then too small), reliability under the floor;
* specialists, retired doctors and doctors without a row of their own get a ratio, outside the reference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators import dates
from calculators.errors import UserError
from calculators.records.store import KnownDoctor, Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.reasons import Reason, Why
from calculators.sobriety.reference import Reference, matrix
from calculators.sobriety.statistics import Cells
from calculators.sobriety.steps import Steps
from calculators.sobriety.strata import strata_of

ABOVE, COMPATIBLE, BELOW = "au-dessus", "compatible", "en dessous"
SCHEMA = pa.schema(
    [
        ("doctor_id", pa.string()), ("year", pa.int32()), ("patients", pa.int64()),
        ("observed_cents", pa.int64()), ("expected_cents", pa.float64()),
        *((name, pa.float64()) for name in (
            "ratio", "se", "low_95", "high_95", "low_998", "high_998", "reliability", "shrunk_ratio"
        )),
        ("verdict", pa.string()), ("reason", pa.string()),
        ("seen", pa.int64()), ("boxes", pa.int64()), ("expected_boxes", pa.float64()), ("boxes_ratio", pa.float64()),
        ("unpriced", pa.int64()), ("in_reference", pa.bool_()), ("reference_year", pa.int32()),
        ("reason_code", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Ratio:
    """One row."""

    doctor_id: str
    year: int
    patients: int
    observed_cents: int | None
    expected_cents: float | None
    ratio: float | None
    se: float | None
    low_95: float | None
    high_95: float | None
    low_998: float | None
    high_998: float | None
    reliability: float | None
    shrunk_ratio: float | None
    verdict: str
    reason: str
    seen: int
    boxes: int | None
    expected_boxes: float | None
    boxes_ratio: float | None
    unpriced: int
    in_reference: bool
    reference_year: int
    reason_code: str

    @property
    def limits(self) -> "Limits | None":
        """Both intervals; None when there is none."""
        found = (self.low_95, self.high_95, self.low_998, self.high_998, self.reliability)
        return None if None in found else Limits(*found)  # type: ignore[arg-type]


class Limits(NamedTuple):
    """The intervals of a ratio, at 95 and 99.8 %, and its reliability."""

    low_95: float
    high_95: float
    low_998: float
    high_998: float
    reliability: float


class Facts(NamedTuple):
    """What decides whether a doctor has a ratio and a verdict: faithful patients seen, of unknown rights; lines without an
    amount; the day he installed."""

    seen: int
    unknown_ald: int
    unknown_c2s: int
    unpriced: int
    installed_day: int | None


class UnknownStratumError(UserError):
    """A stratum of the doctor's patients that the reference does not have; the message names it."""


class OtherDefinitionError(UserError):
    """A reference built under a definition that counts other things."""


def ratio(
    store: Store,
    year: int,
    reference: Reference,
    definition: Definition,
    doctor: str | None = None,
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> pa.Table:
    """The ratio of one doctor, or of all (sorted by id): columns in the module's docstring.

    `accept_unknown_rights` counts an ALD or C2S that is not recorded as absent. Raises UnknownDoctorError,
    UnknownStratumError, OtherDefinitionError (French).
    """
    check_definition(reference, definition)
    asked = doctors_asked(store, doctor)
    steps = count(store, year, reference, definition, asked.values())
    return ratio_of(steps, store, reference, asked, accept_unknown_rights, accept_other_year)


def ratio_of(
    steps: Steps,
    store: Store,
    reference: Reference,
    asked: Mapping[str, KnownDoctor],
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
) -> pa.Table:
    """`ratio` of these doctors, from steps that `count` has run for them."""
    year, definition = steps.year.last.year, steps.definition
    steps.seen()
    scale, cells = Scale(reference, definition), steps.cells()
    keys = pa.array([known.key for known in asked.values()], pa.int32())
    cents, boxes, unpriced = (
        matrix(cells, keys, len(scale.strata), amount, squares)
        for amount, squares in (("cents", "squares"), ("boxes", "box_squares"), ("unpriced", "unpriced"))
    )
    facts = _facts(asked.values(), steps.seen_counts(), steps.unknown_counts(), unpriced)
    obstacle = _obstacle(store, year, reference, accept_other_year, bool(cents.squares.any()))
    reasons = [obstacle or _why_not(about, definition, accept_unknown_rights) for about in facts]
    scale.require_strata(cents.patients[[not reason for reason in reasons]].sum(axis=0))
    rows = scale.rows(cents, boxes, reasons)
    for id_, row, reason, about in zip(asked, rows, reasons, facts, strict=True):
        why = reason or _why_no_verdict(row, about, year, reference, definition)
        row |= {
            "doctor_id": id_, "year": year, "seen": about.seen, "unpriced": about.unpriced,
            "in_reference": id_ in reference.members, "reference_year": reference.year,
            "reason": str(why or ""), "reason_code": why.code.value if why else "",
            "verdict": "" if why else verdict(row["low_998"], row["high_998"]),
        }  # fmt: skip
        if obstacle:
            row |= {"observed_cents": None, "boxes": None}
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def verdict(low_998: float, high_998: float) -> str:
    """One of three words, from the interval alone."""
    if low_998 > 1:
        return ABOVE
    return BELOW if high_998 < 1 else COMPATIBLE


def check_definition(reference: Reference, definition: Definition) -> None:
    """Raise OtherDefinitionError when the reference counted other things than the definition does."""
    if reference.definition_hash != definition.reference_hash:
        raise OtherDefinitionError(
            f"La référence « {reference.path} » a été construite avec une autre définition (« "
            f"{reference.definition_id} », empreinte {reference.definition_hash}) que celle demandée (« "
            f"{definition.id} », empreinte {definition.reference_hash}). Reconstruisez-la avec cette définition."
        )


def doctors_asked(store: Store, doctor: str | None) -> dict[str, KnownDoctor]:
    """The doctors asked for, by id. Raises UnknownDoctorError."""
    return store.known_doctors if doctor is None else {doctor: store.doctor(doctor)}


def count(
    store: Store,
    year: int,
    reference: Reference,
    definition: Definition,
    doctors: Iterable[KnownDoctor],
    look_back: bool = False,
) -> Steps:
    """Run the steps up to the spend of these doctors."""
    steps = Steps(store, year, definition)
    steps.cohort([doctor.key for doctor in doctors], look_back)
    steps.tracked(reference.tracked)
    steps.spend()
    return steps


def _obstacle(store: Store, year: int, reference: Reference, accept_other_year: bool, priced: bool) -> Why | None:
    """Why nobody has a ratio. `priced`: an amount was found, there is no need to look for one."""
    if reference.year != year and not accept_other_year:
        return Why(Reason.OTHER_YEAR, {"reference_year": reference.year, "year": year})
    return coverage.uncovered(store.dataset, store.rows, year) if priced else coverage.problem(store, year)


def _facts(
    asked: Iterable[KnownDoctor], seen: Mapping[int, int], unknown: Mapping[int, tuple[int, int]], unpriced: Cells
) -> list[Facts]:
    """One per doctor asked for, thus per row of cells."""
    return [
        Facts(seen.get(doctor.key, 0), *unknown.get(doctor.key, (0, 0)), int(lines), doctor.installed_day)
        for doctor, lines in zip(asked, unpriced.amount.sum(axis=1), strict=True)
    ]


def _why_not(facts: Facts, definition: Definition, accept_unknown_rights: bool) -> Why | None:
    """Why this doctor has no ratio."""
    over = definition.doctors.seen_over
    if facts.seen <= over:
        return Why(Reason.TOO_FEW_SEEN, {"seen": facts.seen, "over": over})
    if (facts.unknown_ald or facts.unknown_c2s) and not accept_unknown_rights:
        return Why(Reason.UNKNOWN_RIGHTS, {"ald": facts.unknown_ald, "c2s": facts.unknown_c2s})
    return None


def _why_no_verdict(
    row: Mapping[str, Any], facts: Facts, year: int, reference: Reference, definition: Definition
) -> Why | None:
    """Why there is no verdict, the ratio itself included; first reason that holds."""
    floor, installed = definition.verdict.reliability_floor, facts.installed_day
    if row["ratio"] is None:
        return Why(Reason.NOTHING_EXPECTED)
    if row["se"] is None:
        return Why(Reason.NOTHING_OBSERVED)
    if reference.year != year:
        growth = {"percent_per_year": definition.drift.percent_per_year}
        return Why(Reason.REFERENCE_OF_OTHER_YEAR, {"reference_year": reference.year} | growth)
    if installed is not None and dates.from_day(installed).year >= year:
        return Why(Reason.INSTALLED_IN_YEAR, {"installed_year": dates.from_day(installed).year})
    if facts.unpriced:
        return Why(Reason.UNPRICED_LINES, {"lines": facts.unpriced})
    if row["reliability"] < floor:
        return Why(Reason.LOW_RELIABILITY, {"reliability": row["reliability"], "floor": floor})
    return None


class Scale:
    """What a reference makes of the cells of some doctors."""

    def __init__(self, reference: Reference, definition: Definition) -> None:
        self.definition, self.strata = definition, strata_of(definition)
        self.tau = reference.tau(definition)
        self.norms = reference.norms(self.strata)
        self.box_norms = reference.norms(self.strata, "mean_boxes", "var_boxes2")

    def require_strata(self, patients: statistics.Integers) -> None:
        """Raise UnknownStratumError when a stratum with patients has none in the reference."""
        absent = (patients > 0) & np.isnan(self.norms.mean)
        missing = [self.strata[place].label for place in np.flatnonzero(absent)]
        if missing:
            raise UnknownStratumError(
                "La référence n’a aucun patient dans cette strate, elle ne dit donc pas quelle dépense y attendre : "
                + " ; ".join(missing)
                + ". Utilisez une référence plus large."
            )

    def figures(self, cents: Cells) -> dict[str, statistics.Floats]:
        """From expected_cents to shrunk_ratio, one value per row of cells, nan where it does not exist."""
        measure, z = statistics.measure(cents, self.norms), self.definition.interval
        low_95, high_95 = statistics.limits(measure.ratio, measure.se, z.z_95)
        low_998, high_998 = statistics.limits(measure.ratio, measure.se, z.z_998)
        trust = statistics.reliability(measure.se, self.tau)
        return {
            "expected_cents": measure.expected, "ratio": measure.ratio, "se": measure.se,
            "low_95": low_95, "high_95": high_95, "low_998": low_998, "high_998": high_998,
            "reliability": trust, "shrunk_ratio": statistics.shrunk(measure.ratio, trust),
        }  # fmt: skip

    def rows(self, cents: Cells, boxes: Cells, reasons: Sequence[Why | None]) -> list[dict[str, Any]]:
        """One row per doctor: the counts always, the ratio and what follows where there is no reason against."""
        packs = statistics.measure(boxes, self.box_norms)
        shown = np.array([not reason for reason in reasons], dtype=bool)
        floats = self.figures(cents) | {"expected_boxes": packs.expected, "boxes_ratio": packs.ratio}
        columns: dict[str, list[Any]] = {name: _shown(values, shown) for name, values in floats.items()}
        columns |= {
            "patients": cents.patients.sum(axis=1).tolist(),
            "observed_cents": cents.amount.sum(axis=1).tolist(),
            "boxes": packs.observed.tolist(),
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _shown(values: statistics.Floats, shown: npt.NDArray[np.bool_]) -> list[float | None]:
    return [float(v) if show and np.isfinite(v) else None for v, show in zip(values, shown, strict=True)]
