"""The ratio: what a doctor's tracked prescriptions to his faithful patients cost, over what the reference expects.

One row per doctor of the `doctors` table or with a registration. First the columns of the design:

doctor_id, year, patients (faithful), observed_cents (int64), expected_cents (float64, unrounded), ratio, se (of log R),
low_95, high_95, low_998, high_998, reliability, shrunk_ratio, verdict (`au-dessus`, `compatible`, `en dessous` or
empty), reason (French: why there is no ratio, no interval or no verdict; else empty); then

seen (faithful patients the doctor saw), boxes, expected_boxes, boxes_ratio, unpriced (tracked lines without an amount),
in_reference, reference_year.

Decisions where the design is silent:
* no ratio, first reason that holds: reference of another year (unless accepted), acts or deliveries not recorded or not
  covering the year, no amounts, too few patients seen, ALD or C2S not recorded (unless accepted), nothing expected.
  `observed_cents` is then given only when the year is covered and priced, `expected_cents` never;
* a ratio but no verdict: O <= 0 (no interval either), reference of another year, practice begun in the year, lines
  without amount (O is then too small), reliability under the floor;
* specialists, retired doctors and doctors without a row of their own get a ratio, outside the reference.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calculators import dates, french
from calculators.errors import UserError
from calculators.records.folder import Dataset
from calculators.records.store import KnownDoctor, Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.reference import Reference, matrix
from calculators.sobriety.statistics import Cells
from calculators.sobriety.steps import Steps
from calculators.sobriety.strata import Stratum, strata_of

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
    ]
)  # fmt: skip


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
    steps.seen()
    scale, cells = Scale(reference, definition), steps.cells()
    keys = pa.array([known.key for known in asked.values()], pa.int32())
    cents, boxes, unpriced = (
        matrix(cells, keys, len(scale.strata), amount, squares)
        for amount, squares in (("cents", "squares"), ("boxes", "box_squares"), ("unpriced", "unpriced"))
    )
    facts = _facts(store.dataset, asked.values(), steps.seen_counts(), unpriced, scale.strata)
    obstacle = _obstacle(store, year, reference, accept_other_year, bool(cents.squares.any()))
    reasons = [obstacle or _why_not(about, definition, accept_unknown_rights) for about in facts]
    scale.require_strata(cents.patients[[not reason for reason in reasons]].sum(axis=0))
    rows = scale.rows(cents, boxes, reasons)
    for id_, row, reason, about in zip(asked, rows, reasons, facts, strict=True):
        row |= {
            "doctor_id": id_, "year": year, "seen": about.seen, "unpriced": about.unpriced,
            "in_reference": id_ in reference.members, "reference_year": reference.year,
            "reason": reason or _why_no_verdict(row, about, year, reference, definition),
        }  # fmt: skip
        row["verdict"] = "" if row["reason"] else verdict(row["low_998"], row["high_998"])
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
    steps = Steps(store.engine(), year, definition)
    steps.cohort([doctor.key for doctor in doctors], look_back)
    steps.tracked(reference.tracked)
    steps.spend()
    return steps


def _obstacle(store: Store, year: int, reference: Reference, accept_other_year: bool, priced: bool) -> str:
    """Why nobody has a ratio. `priced`: an amount was found, there is no need to look for one."""
    if reference.year != year and not accept_other_year:
        return f"La référence est celle de {reference.year}, pas de {year}."
    return coverage.uncovered(store.dataset, store.rows, year) if priced else coverage.problem(store, year)


def _facts(
    dataset: Dataset, asked: Iterable[KnownDoctor], seen: Mapping[int, int], unpriced: Cells, strata: list[Stratum]
) -> list[Facts]:
    """One per doctor asked for, thus per row of cells."""
    without = np.array([[not stratum.ald for stratum in strata], [not stratum.c2s for stratum in strata]])
    unknown = unpriced.patients @ (without & ~np.array([[dataset.ald_known], [dataset.c2s_known]])).T
    return [
        Facts(seen.get(doctor.key, 0), int(ald), int(c2s), int(lines), doctor.installed_day)
        for doctor, (ald, c2s), lines in zip(asked, unknown, unpriced.amount.sum(axis=1), strict=True)
    ]


def _why_not(facts: Facts, definition: Definition, accept_unknown_rights: bool) -> str:
    """Why this doctor has no ratio."""
    enough, seen = definition.doctors.seen_over, facts.seen
    if seen <= enough:
        found = french.plain(french.count(seen, "patient fidèle vu", "patients fidèles vus"))
        return f"Non calculé : {found} dans l’année, il en faut plus de {enough}."
    unknown = coverage.unknown_rights(facts.unknown_ald, facts.unknown_c2s)
    return f"Non calculable : {unknown}" if unknown and not accept_unknown_rights else ""


def _why_no_verdict(
    row: Mapping[str, Any], facts: Facts, year: int, reference: Reference, definition: Definition
) -> str:
    floor = definition.verdict.reliability_floor
    if row["ratio"] is None:
        return "Non calculable : la référence n’attend aucune dépense pour ces patients."
    if row["se"] is None:
        return "Aucune dépense suivie dans l’année : ni intervalle ni verdict."
    if reference.year != year:
        return (
            f"Référence de {reference.year} : la dépense croît d’environ {definition.drift.percent_per_year:g} % par "
            "an, pas de verdict."
        )
    if facts.installed_day is not None and dates.from_day(facts.installed_day).year >= year:
        return f"Installation en {dates.from_day(facts.installed_day).year} : pas de verdict avant douze mois."
    if facts.unpriced:
        lines = french.plain(french.count(facts.unpriced, "ligne"))
        return f"{lines} de délivrance sans montant : le ratio est un minimum, pas de verdict."
    if row["reliability"] < floor:
        return f"Fiabilité de {french.number(row['reliability'], 2)}, sous {french.number(floor, 2)} : pas de verdict."
    return ""


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

    def rows(self, cents: Cells, boxes: Cells, reasons: list[str]) -> list[dict[str, Any]]:
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
