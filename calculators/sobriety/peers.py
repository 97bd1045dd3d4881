"""The doctor among the doctors of the reference, who are never named nor shown when they are few.

The funnel's limits at expected spend E are exp(-/+ z sqrt(v / E + tau^2)): v is the reference's variance of a patient
per expected cent. With tau = 0, outside means probably different from the mean; with the estimated tau, unusual
among peers. A position is given only among enough other doctors (`minimum_peers`, himself not counted). A published copy
gives centiles of all its doctors, and no doctor to draw.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.french import number
from calculators.sobriety import statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.openings import DoctorYear
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reference import Reference
from calculators.sobriety.statistics import Floats, Norms, Population

Group = Literal["everyone", "department", "list"]
POINTS = 60
AROUND = 3.0
"""Without doctors to draw, the funnel goes from the doctor's expected spend divided by this to as many times it."""


def funnel(reference: Reference, definition: Definition, up_to: float | None = None) -> pa.Table:
    """Limits over the range of the reference's doctors (widened to `up_to`, a doctor's expected cents): expected_cents,
    then low_95, high_95, low_998, high_998 for chance alone and the same with `_peers` for the usual variation."""
    around = (up_to / AROUND, up_to * AROUND) if up_to and reference.published else ()
    given = (*reference.doctors["expected_cents"].to_pylist(), up_to, *around)
    spends = [value for value in given if value and value > 0]
    expected = np.geomspace(min(spends), max(spends) * 1.05, POINTS)
    columns: dict[str, Floats] = {"expected_cents": expected}
    for suffix, tau in (("", 0.0), ("_peers", reference.tau(definition))):
        se = np.sqrt(variance_per_cent(reference, definition) / expected + tau**2)
        for name, z in (("95", definition.interval.z_95), ("998", definition.interval.z_998)):
            columns[f"low_{name}{suffix}"], columns[f"high_{name}{suffix}"] = statistics.limits(np.ones(POINTS), se, z)
    return pa.table(columns)


def points(reference: Reference) -> pa.Table:
    """The doctors of the reference as unnamed points: expected_cents, ratio, sorted by expected_cents."""
    return reference.doctors.select(["expected_cents", "ratio"]).sort_by("expected_cents")


def variance_per_cent(reference: Reference, definition: Definition) -> float:
    """Variance of the patients' spend over their expected spend, for the reference's mix."""
    population = reference.by_stratum.population(definition)
    variance = population.patients * population.ruled_variance(definition.expected.own_variance_from)
    return float(variance.sum() / max(population.amount.sum(), 1))


def position(ratio: Ratio, department: str | None, reference: Reference, definition: Definition) -> pa.Table:
    """One row per grouping (`everyone`, by `list` size, by `department`): group (kind), label, peers (others in it),
    lower_share (of them with a lower ratio), lower_from and lower_to (between which it is), p25, median, p75, reason
    (French, when there are too few: the figures are then null). Of a published copy, everyone's centiles alone.
    """
    if reference.published:
        row = {"group": "everyone", "label": "", "peers": reference.size} | _between(ratio.ratio, reference, definition)
        return pa.Table.from_pylist([row], schema=POSITION)
    rows = []
    for group, label, members in _groups(ratio, department, reference, definition):
        others = members.filter(pc.not_equal(members["doctor_id"], ratio.doctor_id))["ratio"].drop_null().to_numpy()
        rows.append({"group": group, "label": label} | _place(ratio.ratio, others, definition))
    return pa.Table.from_pylist(rows, schema=POSITION)


@dataclass(frozen=True)
class Position:
    """One row of `position`."""

    group: str
    label: str
    peers: int | None
    lower_share: float | None
    lower_from: float | None
    lower_to: float | None
    p25: float | None
    median: float | None
    p75: float | None
    reason: str


POSITION = pa.schema(
    [
        ("group", pa.string()), ("label", pa.string()), ("peers", pa.int64()),
        *((name, pa.float64()) for name in ("lower_share", "lower_from", "lower_to", "p25", "median", "p75")),
        ("reason", pa.string()),
    ]
)  # fmt: skip


def _place(ratio: float | None, others: Floats, definition: Definition) -> dict[str, Any]:
    least = definition.peers.minimum_peers
    if len(others) < least:
        return {"peers": None, "reason": f"Moins de {least} confrères dans ce groupe : rien n’est affiché."}
    p25, median, p75 = (float(q) for q in np.quantile(others, [0.25, 0.5, 0.75]))
    lower = None if ratio is None else float((others < ratio).mean())
    quartiles = {"p25": p25, "median": median, "p75": p75, "reason": ""}
    return {"peers": len(others), "lower_share": lower, "lower_from": lower, "lower_to": lower} | quartiles


def _between(ratio: float | None, reference: Reference, definition: Definition) -> dict[str, Any]:
    """What the centiles of a published copy say of a ratio."""
    told = {one: value for one in definition.published.centiles if (value := reference.centile(one)) is not None}
    row: dict[str, Any] = {
        "reason": "" if told else "Trop peu de médecins pour dire comment leurs ratios se répartissent."
    }
    if ratio is not None and told:
        row |= {
            "lower_from": max((one / 100 for one, value in told.items() if value < ratio), default=0.0),
            "lower_to": min((one / 100 for one, value in told.items() if value >= ratio), default=1.0),
        }  # fmt: skip
    return row | {name: told.get(one) for name, one in (("p25", 25), ("median", 50), ("p75", 75))}


def _groups(
    ratio: Ratio, department: str | None, reference: Reference, definition: Definition
) -> list[tuple[Group, str, pa.Table]]:
    doctors, (low, high) = reference.doctors, list_class(ratio.patients, definition)
    sized = pc.greater_equal(doctors["patients"], low)
    if high is not None:
        sized = pc.and_(sized, pc.less(doctors["patients"], high))
    label = (
        f"{number(low)} patients fidèles ou plus"
        if high is None
        else f"de {number(low)} à {number(high - 1)} patients fidèles"
    )
    groups: list[tuple[Group, str, pa.Table]] = [("everyone", "", doctors), ("list", label, doctors.filter(sized))]
    if department:
        groups.append(("department", department, doctors.filter(pc.equal(doctors["department"], department))))
    return groups


def list_class(patients: int, definition: Definition) -> tuple[int, int | None]:
    """First size of the class of lists this one belongs to, and first size of the next (None: no next)."""
    starts = definition.peers.list_from
    place = max((i for i, start in enumerate(starts) if start <= patients), default=0)
    return starts[place], starts[place + 1] if place + 1 < len(starts) else None


def among(opened: DoctorYear, peers: list[str]) -> pa.Table:
    """The ratio against the means of some doctors of the reference, himself left out of them: a doctor of a small group
    would otherwise be compared partly with himself.

    One row: peers, observed_cents, expected_cents, ratio, se (chance and their means, with the variances of the whole
    reference), pooled (strata without another patient, for which the age classes of same sex and rights are pooled, then
    all patients), reason. The figures are null with fewer than `minimum_peers` others.
    """
    others = [peer for peer in dict.fromkeys(peers) if peer != opened.doctor_id]
    cells = opened.reference.cells
    cells = cells.filter(pc.is_in(cells["doctor_id"], value_set=pa.array(others, pa.string())))
    present, least = len(set(cells["doctor_id"].to_pylist())), opened.definition.peers.minimum_peers
    if present < least:
        reason = f"Moins de {least} confrères dans ce groupe : rien n’est affiché."
        return pa.Table.from_pylist([{"peers": None, "reason": reason}], schema=AMONG)
    theirs, own = _population(opened, cells), opened.cells(opened.cents)
    nobody = np.zeros((1, len(theirs.patients)), dtype=np.int64)
    mean, behind = theirs.means(nobody, nobody)
    found = statistics.measure(own, Norms(mean, opened.scale.norms.variance, behind))
    pooled = (theirs.patients == 0) & (own.patients[0] > 0)
    row = {
        "peers": present, "observed_cents": int(found.observed[0]), "expected_cents": float(found.expected[0]),
        "ratio": _finite(found.ratio[0]), "se": _finite(found.se[0]),
        "pooled": int(pooled.sum()), "reason": "",
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=AMONG)


@dataclass(frozen=True)
class Among:
    """The row of `among`."""

    peers: int | None
    ratio: float | None
    pooled: int | None
    reason: str


AMONG = pa.schema(
    [
        ("peers", pa.int64()), ("observed_cents", pa.int64()), ("expected_cents", pa.float64()),
        ("ratio", pa.float64()), ("se", pa.float64()), ("pooled", pa.int64()), ("reason", pa.string()),
    ]
)  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _population(opened: DoctorYear, cells: pa.Table) -> Population:
    """The patients of these cells."""
    totals = cells.group_by("stratum").aggregate([("patients", "sum"), ("sum_cents", "sum")]).to_pylist()
    by_key = {row["stratum"]: (row["patients_sum"], row["sum_cents_sum"]) for row in totals}
    found = np.array([by_key.get(stratum.key, (0, 0)) for stratum in opened.scale.strata], dtype=float)
    return replace(opened.scale.population, patients=found[:, 0], amount=found[:, 1])
