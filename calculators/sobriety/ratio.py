"""The ratio: what a doctor's tracked prescriptions to his faithful patients cost, over what the reference expects.

One row per doctor of the `doctors` table or with a registration. First the columns of the design:

doctor_id, year, patients (faithful), observed_cents (int64), expected_cents (float64, unrounded), ratio, se (of log R),
low_95, high_95, low_998, high_998, reliability, shrunk_ratio, verdict (`au-dessus`, `compatible`, `en dessous` or
empty), reason (French: why there is no ratio, no interval or no verdict; else empty); then

seen (faithful patients the doctor saw), boxes, expected_boxes, boxes_ratio, unpriced (tracked lines without an amount),
in_reference (null when the reference does not tell), reference_year, reason_code (`reasons.Reason`, or empty),
reference_doctors, smallest_stratum (patients the reference has in the smallest of the strata he has patients in; 0 when
one is missing), own_weight (his share in what his patients are compared with), ratio_without_self and its limits (he is
left out of the reference; those of the ratio itself when he is not in it), tau, tau_basis (`estimé`, `supposé`), tau_low,
tau_high (of the reference; the limits are null under three doctors), priced_share (share of the delivery lines he prescribed
in the year that have an amount; null without any), reference_price_share (share of these whose amount is boxes times the
price of the drug reference), prices_from, prices_to (years of these prices).

Decisions where the design is silent:
* no ratio, first reason that holds: in the order of `reasons.Reason`. `observed_cents` is then given only when the year is
  covered and priced, `expected_cents` never; own_weight and smallest_stratum are given as soon as he has patients;
* a ratio but no verdict: O <= 0 (no interval either), reference of another year, practice begun in the year, lines
  without amount (O is then too small), reliability under the floor;
* specialists, retired doctors and doctors without a row of their own get a ratio, outside the reference;
* a reference whose only doctor is he is of no use to him, of whatever year;
* a published copy does not tell who is in it: own_weight and the columns without him are null, unless he contributed to it
  and what he keeps of it says so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from calculators import dates
from calculators.errors import UserError
from calculators.records.prices import NONE, OWN, Prices, by_doctor
from calculators.records.store import KnownDoctor, Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.reasons import Reason, Why, left_out
from calculators.sobriety.reference import Reference, matrix
from calculators.sobriety.statistics import Cells, Measure, Norms
from calculators.sobriety.steps import Steps
from calculators.sobriety.strata import strata_of

ABOVE, COMPATIBLE, BELOW = "au-dessus", "compatible", "en dessous"
WITHOUT_SELF = (
    "ratio_without_self", "low_95_without_self", "high_95_without_self", "low_998_without_self", "high_998_without_self",
)  # fmt: skip
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
        ("reference_doctors", pa.int64()), ("smallest_stratum", pa.int64()),
        *((name, pa.float64()) for name in (
            "own_weight", *WITHOUT_SELF, "tau",
        )),
        ("tau_basis", pa.string()), ("tau_low", pa.float64()), ("tau_high", pa.float64()),
        ("priced_share", pa.float64()), ("reference_price_share", pa.float64()),
        ("prices_from", pa.int32()), ("prices_to", pa.int32()),
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
    in_reference: bool | None
    reference_year: int
    reason_code: str
    reference_doctors: int
    smallest_stratum: int | None
    own_weight: float | None
    ratio_without_self: float | None
    low_95_without_self: float | None
    high_95_without_self: float | None
    low_998_without_self: float | None
    high_998_without_self: float | None
    tau: float
    tau_basis: Literal["estimé", "supposé"]
    tau_low: float | None
    tau_high: float | None
    priced_share: float | None
    reference_price_share: float | None
    prices_from: int | None
    prices_to: int | None

    @property
    def limits(self) -> "Limits | None":
        """Both intervals; None when there is none."""
        return Limits.of(self.ratio, self.low_95, self.high_95, self.low_998, self.high_998)

    @property
    def limits_without_self(self) -> "Limits | None":
        """The same without him in the reference."""
        return Limits.of(
            self.ratio_without_self,
            *(self.low_95_without_self, self.high_95_without_self),
            *(self.low_998_without_self, self.high_998_without_self),
        )


class Limits(NamedTuple):
    """A ratio and its intervals, at 95 and 99.8 %."""

    ratio: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float

    @staticmethod
    def of(*found: float | None) -> "Limits | None":
        return None if None in found else Limits(*found)  # type: ignore[arg-type]


class Facts(NamedTuple):
    """What decides whether a doctor has a ratio and a verdict: faithful patients seen, of unknown rights; lines without an
    amount; the day he installed; whether the reference is made of him alone; strata it lacks, with his patients in each."""

    seen: int
    unknown_ald: int
    unknown_c2s: int
    unpriced: int
    installed_day: int | None
    self_only: bool = False
    uncovered: int = 0
    missing: tuple[tuple[str, int], ...] = ()


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
    contributors: Collection[str] = (),
) -> pa.Table:
    """The ratio of one doctor, or of all (sorted by id): columns in the module's docstring.

    `accept_unknown_rights` counts an ALD or C2S that is not recorded as absent. `contributors`: doctors known to be in a
    reference that does not tell who is. Raises UnknownDoctorError,
    OtherDefinitionError (French).
    """
    check_definition(reference, definition)
    asked = doctors_asked(store, doctor)
    steps = count(store, year, reference, definition, asked.values())
    return ratio_of(steps, store, reference, asked, accept_unknown_rights, accept_other_year, contributors)


def ratio_of(
    steps: Steps,
    store: Store,
    reference: Reference,
    asked: Mapping[str, KnownDoctor],
    accept_unknown_rights: bool = False,
    accept_other_year: bool = False,
    contributors: Collection[str] = (),
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
    missing = scale.missing(cents)
    facts = _facts(asked, steps, unpriced, missing, reference)
    obstacle = _obstacle(store, year, reference, accept_other_year, bool(cents.squares.any()))
    reasons = [obstacle or _why_not(about, definition, accept_unknown_rights) for about in facts]
    idle = not boxes.amount.any(axis=1).all()  # somebody may have no delivery at all: nothing of it is priced
    prices, otherwise = by_doctor(store, year, idle), NONE if idle else OWN
    there = contributed(asked, reference, year, contributors)
    rows = scale.rows(cents, boxes, reasons, there)
    for id_, row, reason, about in zip(asked, rows, reasons, facts, strict=True):
        row |= {
            "doctor_id": id_, "year": year, "seen": about.seen, "unpriced": about.unpriced,
            "in_reference": in_reference(id_, reference, contributors),
        } | _priced(prices.get(asked[id_].key, otherwise))  # fmt: skip
        _conclude(row, reason or _why_no_verdict(row, about, year, reference, definition), definition, about.uncovered)
        if obstacle:
            row |= dict.fromkeys(("observed_cents", "boxes", "smallest_stratum", "own_weight"))
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def contributed(
    doctors: Iterable[str], reference: Reference, year: int, contributors: Collection[str] = ()
) -> statistics.Flags:
    """Which of these doctors are known to have their patients of the year in the reference."""
    there = (reference.year == year and bool(in_reference(one, reference, contributors)) for one in doctors)
    return np.array(list(there), dtype=bool)


def in_reference(doctor: str, reference: Reference, contributors: Collection[str]) -> bool | None:
    """Is he in the reference? None when nothing tells."""
    if reference.published:
        return True if doctor in contributors else None
    return doctor in reference.members


def _priced(prices: Prices) -> dict[str, Any]:
    return {
        "priced_share": prices.share, "reference_price_share": prices.reference_share,
        "prices_from": prices.first_year if prices.from_reference else None,
        "prices_to": prices.last_year if prices.from_reference else None,
    }  # fmt: skip


def _conclude(row: dict[str, Any], why: Why | None, definition: Definition, uncovered: int = 0) -> None:
    """Add reason, code and verdict; the verdict comes from the ratio without him where he weighs too much."""
    suffix = "_without_self" if _weighs(row["own_weight"], definition) else ""
    said = "" if why and why.code is Reason.TOO_FEW_SEEN else left_out(uncovered)
    row |= {"reason": f"{why or ''}{said}".strip(), "reason_code": why.code.value if why else ""}
    row["verdict"] = "" if why else verdict(row["low_998" + suffix], row["high_998" + suffix])


def _weighs(own_weight: float | None, definition: Definition) -> bool:
    return own_weight is not None and own_weight > definition.own_weight.without_self_over


def without_self_first(row: Ratio, definition: Definition) -> bool:
    """Does he weigh so much in the reference that his ratio is to be read without him?"""
    return row.limits_without_self is not None and _weighs(row.own_weight, definition)


def read_limits(row: Ratio, definition: Definition) -> "Limits | None":
    """The ratio and the intervals that are read first and that the verdict comes from."""
    return row.limits_without_self if without_self_first(row, definition) else row.limits


def within_tau(row: Ratio, definition: Definition) -> tuple[bool, bool] | None:
    """Whether there would be a verdict with the lower, and with the upper limit of tau: the verdict depends on it through
    the reliability alone. None where another reason than the reliability decides, or the limits are not known."""
    settled = row.verdict or row.reason_code == Reason.LOW_RELIABILITY
    if not settled or row.se is None or row.tau_low is None or row.tau_high is None:
        return None
    floor = definition.verdict.reliability_floor
    low, high = (float(statistics.reliability(np.array(row.se), tau)) for tau in (row.tau_low, row.tau_high))
    return low >= floor, high >= floor


def hangs_on_tau(row: Ratio, definition: Definition) -> bool:
    """Would the verdict change within the limits of tau?"""
    found = within_tau(row, definition)
    return found is not None and found != (bool(row.verdict), bool(row.verdict))


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
    opening: bool = False,
) -> Steps:
    """Run the steps up to the spend of these doctors; `opening` keeps what the opened figure of one of them needs."""
    steps = Steps(store, year, definition)
    steps.cohort([doctor.key for doctor in doctors], look_back=opening)
    steps.tracked(reference.tracked)
    steps.spend(lines=opening)
    return steps


def _obstacle(store: Store, year: int, reference: Reference, accept_other_year: bool, priced: bool) -> Why | None:
    """Why nobody has a ratio. `priced`: an amount was found, there is no need to look for one."""
    if reference.year != year and not accept_other_year:
        return Why(Reason.OTHER_YEAR, {"reference_year": reference.year, "year": year})
    if priced:
        return coverage.unknown(store, year) or coverage.doubtful(store, year)
    return coverage.problem(store, year)


def _facts(
    asked: Mapping[str, KnownDoctor],
    steps: Steps,
    unpriced: Cells,
    missing: Sequence[tuple[tuple[str, int], ...]],
    reference: Reference,
) -> list[Facts]:
    """One per doctor asked for, thus per row of cells."""
    seen, unknown, uncovered = steps.seen_counts(), steps.unknown_counts(), steps.uncovered_counts()
    return [
        Facts(
            seen.get(doctor.key, 0), *unknown.get(doctor.key, (0, 0)), int(lines), doctor.installed_day,
            reference.members == {id_}, uncovered.get(doctor.key, 0), absent,
        )
        for (id_, doctor), lines, absent in zip(asked.items(), unpriced.amount.sum(axis=1), missing, strict=True)
    ]  # fmt: skip


def _why_not(facts: Facts, definition: Definition, accept_unknown_rights: bool) -> Why | None:
    """Why this doctor has no ratio."""
    over = definition.doctors.seen_over
    if facts.seen <= over:
        return Why(Reason.TOO_FEW_SEEN, {"seen": facts.seen, "over": over, "uncovered": facts.uncovered})
    if (facts.unknown_ald or facts.unknown_c2s) and not accept_unknown_rights:
        return Why(Reason.UNKNOWN_RIGHTS, {"ald": facts.unknown_ald, "c2s": facts.unknown_c2s})
    if facts.self_only:
        return Why(Reason.SELF_ONLY)
    return Why(Reason.MISSING_STRATA, {"strata": facts.missing}) if facts.missing else None


def _why_no_verdict(
    row: Mapping[str, Any], facts: Facts, year: int, reference: Reference, definition: Definition
) -> Why | None:
    """Why there is no verdict, the ratio itself included; first reason that holds."""
    floor, installed = definition.verdict.reliability_floor, facts.installed_day
    if row["ratio"] is None:
        return Why(Reason.NOTHING_EXPECTED)
    if row["se"] is None:
        return Why(Reason.NOTHING_OBSERVED)
    if _weighs(row["own_weight"], definition) and row["low_998_without_self"] is None:
        return Why(Reason.NOTHING_EXPECTED, {"without_self": True})
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
        self.definition, self.strata, self.reference = definition, strata_of(definition), reference
        self.spread = reference.spread(definition)
        self.norms = reference.by_stratum.norms(definition)
        self.population = reference.by_stratum.population(definition)
        self.box_norms = reference.by_stratum.box_norms(definition)

    @property
    def tau(self) -> float:
        return self.spread.tau

    def missing(self, cells: Cells) -> list[tuple[tuple[str, int], ...]]:
        """For each row of cells, the strata with patients that the reference does not have, by name, and how many."""
        absent = (cells.patients > 0) & np.isnan(self.norms.mean)
        found: list[list[tuple[str, int]]] = [[] for _ in absent]
        for row, place in zip(*np.nonzero(absent), strict=True):
            found[row].append((self.strata[place].label, int(cells.patients[row, place])))
        return [tuple(one) for one in found]

    def without(self, own: Cells) -> Norms:
        """Norms of the others, for each row of what a doctor put into the reference."""
        return statistics.without(self.population, self.norms, own)

    def figures(self, cents: Cells) -> dict[str, statistics.Floats]:
        """From expected_cents to shrunk_ratio, one value per row of cells, nan where it does not exist."""
        measure = statistics.measure(cents, self.norms)
        trust = statistics.reliability(measure.se, self.tau)
        return {
            "expected_cents": measure.expected, "ratio": measure.ratio, "se": measure.se,
            **self._limits(measure), "reliability": trust, "shrunk_ratio": statistics.shrunk(measure.ratio, trust),
        }  # fmt: skip

    def _limits(self, measure: Measure, suffix: str = "") -> dict[str, statistics.Floats]:
        z = self.definition.interval
        low_95, high_95 = statistics.limits(measure.ratio, measure.se, z.z_95)
        low_998, high_998 = statistics.limits(measure.ratio, measure.se, z.z_998)
        found = {"low_95": low_95, "high_95": high_95, "low_998": low_998, "high_998": high_998}
        return {name + suffix: values for name, values in found.items()}

    def figures_without_self(self, cents: Cells, own: Cells) -> dict[str, statistics.Floats]:
        """ratio_without_self and its limits; nan for a doctor of whom nothing tells whether he is in the reference."""
        measure, told = statistics.measure(cents, self.without(own)), self._told(own)
        found = {"ratio_without_self": measure.ratio} | self._limits(measure, "_without_self")
        return {name: np.where(told, values, np.nan) for name, values in found.items()}

    def _told(self, own: Cells) -> statistics.Flags:
        """Of whom is it known whether he is in the reference?"""
        everybody = np.ones(len(own.patients), dtype=bool)
        return everybody & own.patients.any(axis=1) if self.reference.published else everybody

    def weights(self, cents: Cells, own: Cells) -> dict[str, statistics.Floats]:
        """own_weight and smallest_stratum, nan without patients."""
        some, there = cents.patients > 0, np.nan_to_num(self.norms.patients)
        smallest = np.where(some, there, np.inf).min(axis=1)
        weight = statistics.own_weight(cents, own, self.norms)
        return {
            "own_weight": np.where(self._told(own), weight, np.nan),
            "smallest_stratum": np.where(some.any(axis=1), smallest, np.nan),
        }

    def rows(
        self, cents: Cells, boxes: Cells, reasons: Sequence[Why | None], inside: statistics.Flags
    ) -> list[dict[str, Any]]:
        """One row per doctor: the counts always, the ratio and what follows where there is no reason against. `inside`:
        the doctors whose patients are in the reference."""
        packs, own = statistics.measure(boxes, self.box_norms), cents.only(inside)
        shown, always = np.array([not reason for reason in reasons], dtype=bool), np.ones(len(reasons), dtype=bool)
        floats = self.figures(cents) | self.figures_without_self(cents, own)
        floats |= {"expected_boxes": packs.expected, "boxes_ratio": packs.ratio}
        columns: dict[str, list[Any]] = {name: _shown(values, shown) for name, values in floats.items()}
        columns |= {name: _shown(values, always) for name, values in self.weights(cents, own).items()}
        columns["smallest_stratum"] = [None if n is None else int(n) for n in columns["smallest_stratum"]]
        columns |= {
            "patients": cents.patients.sum(axis=1).tolist(),
            "observed_cents": cents.amount.sum(axis=1).tolist(),
            "boxes": packs.observed.tolist(),
        }
        of_all = self._of_the_reference()
        return [dict(zip(columns, row, strict=True)) | of_all for row in zip(*columns.values(), strict=True)]

    def _of_the_reference(self) -> dict[str, Any]:
        spread = self.spread
        return {
            "reference_year": self.reference.year, "reference_doctors": self.reference.size,
            "tau": spread.tau, "tau_basis": spread.basis, "tau_low": spread.low, "tau_high": spread.high,
        }  # fmt: skip


def _shown(values: statistics.Floats, shown: statistics.Flags) -> list[float | None]:
    return [float(v) if show and np.isfinite(v) else None for v, show in zip(values, shown, strict=True)]
