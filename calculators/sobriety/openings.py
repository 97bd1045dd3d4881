"""Opens one doctor's ratio: by stratum, by ATC class, by patient; the patients who move it; the capped ratio; the mix.

Rounding: O is an integer of cents, E is not. The three tables share the total round(E); each expected part is rounded
so that the parts sum to it (largest remainders first, then in table order). Thus in each table the column `gap_cents`
(observed - expected) sums exactly to O - round(E).

A published copy does not tell everything: what is expected of the classes it leaves out stands in one row, UNTOLD; strata
it holds as one have a share of the reference together, none alone; there is no capped ratio where it has no cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.records.store import Store
from calculators.sobriety import statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.ratio import Scale, check_definition, count, doctors_asked
from calculators.sobriety.reference import Reference
from calculators.sobriety.statistics import Cells, Floats, Integers
from calculators.sobriety.steps import Steps

UNTOLD = ""
"""Stands for the ATC classes of which a published copy does not tell the spend."""


@dataclass(frozen=True)
class DoctorYear:
    """One doctor's faithful patients and what they were prescribed.

    patients: patient_id, stratum (place), cents, boxes, sorted by id, one row per faithful patient.
    classes: patient_id, atc, cents, boxes, sorted, one row per patient and tracked class prescribed by the doctor.
    long_use: id (of a case of the definition), patient_id, atc, cents: the part of `classes` that is long use.
    """

    doctor_id: str
    year: int
    definition: Definition
    reference: Reference
    patients: pa.Table
    classes: pa.Table
    long_use: pa.Table

    @cached_property
    def scale(self) -> Scale:
        return Scale(self.reference, self.definition)

    @cached_property
    def stratum(self) -> Integers:
        """Place of each patient's stratum."""
        return self.patients["stratum"].to_numpy().astype(np.int64)

    @cached_property
    def cents(self) -> Integers:
        """What each patient cost."""
        return self.patients["cents"].to_numpy()

    @cached_property
    def expected(self) -> Floats:
        """What each patient was expected to cost, in cents."""
        return self.scale.norms.mean[self.stratum]

    @property
    def observed_cents(self) -> int:
        return int(self.cents.sum())

    @property
    def expected_cents(self) -> float:
        """E as the ratio has it: summed by stratum."""
        return float(statistics.measure(self.cells(self.cents), self.scale.norms).expected[0])

    def cells(self, cents: Integers) -> Cells:
        """These patients with these amounts, as one row of cells."""
        return cells_of(self.stratum, cents, len(self.scale.strata))


def open_doctor(store: Store, year: int, reference: Reference, definition: Definition, doctor: str) -> DoctorYear:
    """Read one doctor's year, whether or not a ratio may be shown for it: `ratio.ratio` says so.

    Raises UnknownDoctorError, OtherDefinitionError (French).
    """
    check_definition(reference, definition)
    steps = count(store, year, reference, definition, doctors_asked(store, doctor).values(), opening=True)
    return opened_of(steps, reference, doctor)


def opened_of(steps: Steps, reference: Reference, doctor: str) -> DoctorYear:
    """`open_doctor` from steps that `ratio.count` has run for opening this doctor."""
    return DoctorYear(doctor, steps.year.last.year, steps.definition, reference, *steps.opened())


def cells_of(stratum: Integers, cents: Integers, strata: int) -> Cells:
    """Patients -> one row of cells."""
    filled = [np.zeros((1, strata), dtype=np.int64) for _ in range(3)]
    for values, amount in zip(filled, (np.ones_like(cents), cents, cents**2), strict=True):
        np.add.at(values[0], stratum, amount)
    return Cells(*filled)


def round_to(total: int, values: Floats) -> Integers:
    """Integers near `values` that sum to `total`: rounded down, then one more for the largest remainders."""
    low = np.floor(values).astype(np.int64)
    order = np.argsort(low - values, kind="stable")
    missing = total - int(low.sum())
    low[order[:missing]] += 1
    return low


@dataclass(frozen=True)
class Pooled:
    """The ratio of a doctor with patients in strata the reference lacks, if these are expected to cost the mean of their
    sex, ALD and C2S at all ages; how many patients that concerns, and their share."""

    ratio: float | None
    low_95: float | None
    high_95: float | None
    patients: int
    share: float


def pooled(opened: DoctorYear) -> Pooled:
    """The ratio over pooled age classes where the reference has no patient (over all its patients, where it has none of
    that sex, ALD and C2S either)."""
    scale, cells = opened.scale, opened.cells(opened.cents)
    nobody = cells.only(np.zeros(1, dtype=bool))
    measure = statistics.measure(cells, scale.without(nobody))
    low, high = statistics.limits(measure.ratio, measure.se, scale.definition.interval.z_95)
    concerned = int(cells.patients[0][np.isnan(scale.norms.mean)].sum())
    ratio, low_95, high_95 = (float(one[0]) if np.isfinite(one[0]) else None for one in (measure.ratio, low, high))
    return Pooled(ratio, low_95, high_95, concerned, concerned / max(len(opened.cents), 1))


@dataclass(frozen=True)
class StratumGap:
    """One row of `by_stratum`."""

    stratum: str
    age_class: str
    sex: str
    ald: bool
    c2s: bool
    patients: int
    observed_cents: int
    expected_cents: int
    gap_cents: int


@dataclass(frozen=True)
class Share:
    """One row of `mix`."""

    characteristic: str
    value: str
    patients: int
    share: float
    reference_share: float


@dataclass(frozen=True)
class ClassGap:
    """One row of `by_class`."""

    atc: str
    patients: int
    boxes: int
    observed_cents: int
    expected_cents: int
    gap_cents: int


@dataclass(frozen=True)
class PatientGap:
    """One row of `by_patient`."""

    patient_id: str
    stratum: str
    boxes: int
    observed_cents: int
    expected_cents: int
    gap_cents: int
    ratio_without: float | None
    moves: float | None


@dataclass(frozen=True)
class Spent:
    """One row of what a group, a class or a patient is made of: a patient, or a class of a patient."""

    of: str
    cents: int
    boxes: int


@dataclass(frozen=True)
class Capped:
    """The row of `capped`."""

    ratio: float | None
    capped_ratio: float | None
    observed_cents: int
    capped_observed_cents: int | None
    capped_expected_cents: float | None
    capped_patients: int | None


def by_stratum(opened: DoctorYear) -> pa.Table:
    """One row per stratum of the definition, patients or not: stratum, age_class, sex, ald, c2s, patients,
    observed_cents, expected_cents, gap_cents, share (of his patients), reference_share (of the reference's; null for
    strata that are one)."""
    cells = opened.cells(opened.cents)
    patients, observed = cells.patients[0], cells.amount[0]
    means = np.where(patients > 0, opened.scale.norms.mean, 0.0)
    expected = round_to(round(opened.expected_cents), patients * means)
    strata = opened.scale.strata
    return pa.table(
        {
            "stratum": [s.key for s in strata],
            "age_class": [s.age_class for s in strata], "sex": [s.sex for s in strata],
            "ald": [s.ald for s in strata], "c2s": [s.c2s for s in strata],
            "patients": patients, "observed_cents": observed, "expected_cents": expected,
            "gap_cents": observed - expected,
            "share": patients / max(int(patients.sum()), 1),
            "reference_share": pa.array(_reference_shares(opened), from_pandas=True),
        }
    )  # fmt: skip


def mix(opened: DoctorYear) -> pa.Table:
    """How his patients differ from the reference's, one characteristic at a time: characteristic (age_class, sex, ald,
    c2s), value (text; `true` or `false` for a right), patients, share, reference_share (of the patients of whom the
    reference tells the characteristic: strata held as one may not)."""
    strata, here = opened.scale.strata, opened.cells(opened.cents).patients[0]
    rows = []
    for characteristic in ("age_class", "sex", "ald", "c2s"):
        values = [getattr(stratum, characteristic) for stratum in strata]
        there = _reference_patients(opened, values)
        for value in dict.fromkeys(values):
            within = np.array([v == value for v in values])
            rows.append(
                {
                    "characteristic": characteristic,
                    "value": str(value).lower() if isinstance(value, bool) else value,
                    "patients": int(here[within].sum()),
                    "share": float(here[within].sum() / max(int(here.sum()), 1)),
                    "reference_share": float(there[within].sum() / max(float(there.sum()), 1.0)),
                }
            )
    return pa.Table.from_pylist(rows)


def by_class(opened: DoctorYear) -> pa.Table:
    """One row per tracked ATC class that he or the reference prescribed: atc, patients (his, with a line), boxes,
    observed_cents, expected_cents, gap_cents; sorted by the size of the gap, then by class. UNTOLD: what a published copy
    expects of classes it does not tell."""
    mine = opened.classes.group_by("atc").aggregate([("cents", "sum"), ("boxes", "sum"), ("atc", "count")])
    own = {row["atc"]: row for row in mine.to_pylist()}
    expected = _expected_by_class(opened)
    classes = sorted(set(own) | set(expected))
    nothing = {"atc_count": 0, "boxes_sum": 0, "cents_sum": 0}
    observed = np.array([own.get(atc, nothing)["cents_sum"] for atc in classes], dtype=np.int64)
    parts = round_to(round(opened.expected_cents), np.array([expected.get(atc, 0.0) for atc in classes]))
    table = pa.table(
        {
            "atc": classes,
            "patients": pa.array([own.get(atc, nothing)["atc_count"] for atc in classes], pa.int64()),
            "boxes": pa.array([own.get(atc, nothing)["boxes_sum"] for atc in classes], pa.int64()),
            "observed_cents": observed, "expected_cents": parts, "gap_cents": observed - parts,
        }
    )  # fmt: skip
    return table.take(np.argsort(-np.abs(observed - parts), kind="stable"))


def by_patient(opened: DoctorYear) -> pa.Table:
    """One row per faithful patient: patient_id, stratum (key), boxes, observed_cents, expected_cents, gap_cents,
    ratio_without (the ratio if he were not on the list; null when nothing else is expected), moves (ratio minus
    ratio_without); sorted by the size of `moves`, then by id."""
    parts = round_to(round(opened.expected_cents), opened.expected)
    ratio, without = _leave_one_out(opened)
    moves = ratio - without
    table = pa.table(
        {
            "patient_id": opened.patients["patient_id"],
            "stratum": [opened.scale.strata[place].key for place in opened.stratum],
            "boxes": opened.patients["boxes"], "observed_cents": opened.cents, "expected_cents": parts,
            "gap_cents": opened.cents - parts,
            "ratio_without": pa.array(without, from_pandas=True), "moves": pa.array(moves, from_pandas=True),
        }
    )  # fmt: skip
    return table.take(np.argsort(-np.abs(np.nan_to_num(moves)), kind="stable"))


def patients_of_stratum(opened: DoctorYear, key: str) -> list[Spent]:
    """The faithful patients of a stratum, those who cost nothing too: they sum to what is observed of it."""
    places = [place for place, stratum in enumerate(opened.scale.strata) if stratum.key == key]
    return _dearest(opened.patients.filter(pc.is_in(opened.patients["stratum"], pa.array(places))), "patient_id")


def patients_of_class(opened: DoctorYear, atc: str) -> list[Spent]:
    """Those he prescribed a class to."""
    return _dearest(opened.classes.filter(pc.field("atc") == atc), "patient_id")


def classes_of_patient(opened: DoctorYear, patient: str) -> list[Spent]:
    """What he prescribed to a patient, of what counts: it sums to what is observed of him."""
    return _dearest(opened.classes.filter(pc.field("patient_id") == patient), "atc")


def _dearest(rows: pa.Table, of: str) -> list[Spent]:
    found = rows.sort_by([("cents", "descending"), (of, "ascending")]).to_pylist()
    return [Spent(row[of], row["cents"], row["boxes"]) for row in found]


def movers(opened: DoctorYear) -> pa.Table:
    """The few patients (number in the definition) who move the ratio most: rows of `by_patient`."""
    return by_patient(opened).slice(0, opened.definition.peers.movers)


def capped(opened: DoctorYear) -> pa.Table:
    """One row: ratio (official), capped_ratio, observed_cents, capped_observed_cents, capped_expected_cents,
    capped_patients (how many cost more than the cap of their stratum). Capped in O and in the reference alike; null where
    the reference does not tell the cap of a stratum."""
    rows, observed = opened.reference.by_stratum.rows, opened.observed_cents
    official = opened.expected_cents
    row = {
        "ratio": observed / official if official > 0 else None, "observed_cents": observed,
        **dict.fromkeys(("capped_ratio", "capped_observed_cents", "capped_expected_cents", "capped_patients")),
    }  # fmt: skip
    limits = [rows[opened.scale.strata[place].key] for place in opened.stratum]
    if all(limit["cap_cents"] is not None for limit in limits):
        caps = np.array([limit["cap_cents"] for limit in limits], dtype=np.int64)
        kept, expected = (
            int(np.minimum(opened.cents, caps).sum()),
            float(sum(one["capped_mean_cents"] for one in limits)),
        )
        row |= {
            "capped_ratio": kept / expected if expected > 0 else None, "capped_observed_cents": kept,
            "capped_expected_cents": expected, "capped_patients": int((opened.cents > caps).sum()),
        }  # fmt: skip
    return pa.Table.from_pylist([row], schema=CAPPED)


CAPPED = pa.schema(
    [
        ("ratio", pa.float64()), ("capped_ratio", pa.float64()), ("observed_cents", pa.int64()),
        ("capped_observed_cents", pa.int64()), ("capped_expected_cents", pa.float64()), ("capped_patients", pa.int64()),
    ]
)  # fmt: skip


def _leave_one_out(opened: DoctorYear) -> tuple[float, Floats]:
    observed, expected = opened.observed_cents, opened.expected_cents
    rest = expected - opened.expected
    left = rest > 1e-9 * expected
    without = np.where(left, (observed - opened.cents) / np.where(left, rest, 1.0), np.nan)
    return (observed / expected if expected > 0 else np.nan), without


def _reference_patients(opened: DoctorYear, values: Sequence[object]) -> Floats:
    """Patients of the reference by stratum; 0 for strata held as one that do not all have the same value. Those that do
    count in the first of them."""
    population, group = opened.scale.population, opened.scale.norms.group
    if group is None:
        return population.patients
    places = np.arange(len(values))
    told = [len({values[place] for place in places[group == first]}) == 1 for first in group]
    return np.where(told, population.patients, 0.0)


def _reference_shares(opened: DoctorYear) -> Floats:
    """Share of the reference's patients in each stratum; nan for strata held as one."""
    patients, group = opened.scale.population.patients, opened.scale.norms.group
    alone = np.ones(len(patients), dtype=bool) if group is None else np.bincount(group)[group] == 1
    return np.where(alone, patients / max(float(patients.sum()), 1.0), np.nan)


def _expected_by_class(opened: DoctorYear) -> dict[str, float]:
    """His patients at the reference's mean spend on each class; over all classes, that is E."""
    scale, rows = opened.scale, opened.reference.classes
    here = scale.norms.together(opened.cells(opened.cents).patients)[0]
    weights = {
        stratum.key: mine / there
        for stratum, mine, there in zip(scale.strata, here.tolist(), scale.population.patients.tolist(), strict=True)
        if there
    }
    weight = np.array([weights[key] for key in rows["stratum"].to_pylist()])
    cents = rows["sum_cents"].fill_null(0).to_numpy()
    table = pa.table({"atc": rows["atc"], "cents": weight * cents})
    summed = table.group_by("atc", use_threads=False).aggregate([("cents", "sum")])
    found = dict(zip(summed["atc"].to_pylist(), summed["cents_sum"].to_pylist(), strict=True))
    if opened.reference.published:
        found[UNTOLD] = opened.expected_cents - sum(found.values())
    return found
