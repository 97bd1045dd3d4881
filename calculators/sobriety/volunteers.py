"""What one doctor counts in a sum of volunteers, and the reference that such sums make.

The numbers are those that `reference.py` adds up for him, by the same steps: initiations by ATC class; where he is a doctor
of the reference, his patients by stratum with sums and sums of squares; then log R and its standard error, for the spread.
So the sums of all are what `reference build` finds in their tables put together (a patient in two practices aside: he is
counted once there for each class initiated, and twice here).

What the sums cannot give is null: caps (a centile), classes by stratum, centiles of the ratio. Variances are computed from
whole numbers, as there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from calculators.aside import folder_aside
from calculators.records.store import Store
from calculators.sobriety import coverage, statistics
from calculators.sobriety.definition import Definition
from calculators.sobriety.ratio import check_definition
from calculators.sobriety.reasons import Reason, Why
from calculators.sobriety.reference import PRIVATE, matrix, program_version
from calculators.sobriety.reference_files import (
    COLUMNS,
    DISTRIBUTION,
    LAYOUT,
    Reference,
    Spread,
    believed,
    open_reference,
    refuse_foreign_folder,
    toml_of,
)
from calculators.sobriety.steps import Steps, Year
from calculators.sobriety.strata import strata_of

NAMES = {
    "patients": "patients",
    "cents": "cents",
    "cent_squares": "squares",
    "boxes": "boxes",
    "box_squares": "box_squares",
}
"""Numbers of a stratum in a campaign -> columns of the step `cells`."""


@dataclass(frozen=True)
class Counted:
    """A doctor's numbers by row, or why he counts for nothing; `patients` are behind them, others `left_out`."""

    rows: dict[str, int]
    why: str = ""
    patients: int = 0
    left_out: int = 0


def obstacle(store: Store, year: int, steps: Steps, key: int) -> Why | None:
    """Why `sobriety` would refuse him whatever the reference; `steps` after `unknown_rights`."""
    found = coverage.problem(store, year)
    if found is not None:
        return found
    ald, c2s = steps.unknown_counts().get(key, (0, 0))
    return Why(Reason.UNKNOWN_RIGHTS, {"ald": ald, "c2s": c2s}) if ald or c2s else None


def scope_of(store: Store, year: int, definition: Definition, doctor: str) -> Counted:
    """« C09AA05 initiations » -> patients, for each class initiated; and whether the look-back is covered."""
    steps, key = _begun(store, year, definition, doctor), store.doctor(doctor).key
    if why := obstacle(store, year, steps, key):
        return Counted({}, str(why))
    steps.initiated()
    first, _ = store.dataset.cover_of("deliveries")
    covered = store.covers_by_patient or first <= Year(year, definition.drugs.look_back_months).look_back_first
    rows = {"look_back_covered": int(covered)}
    for row in _initiated(steps):
        rows |= {f"{row['atc']} {name}": row[name] for name in ("initiations", "gp_initiations")}
    return Counted(rows, patients=_patients(steps))


def _begun(store: Store, year: int, definition: Definition, doctor: str) -> Steps:
    steps = Steps(store, year, definition)
    steps.cohort([store.doctor(doctor).key], look_back=True, covered_before=True)
    steps.unknown_rights()
    steps.seen()
    return steps


def _initiated(steps: Steps) -> list[dict[str, Any]]:
    return steps.engine.fetch("select * from initiated order by atc").to_pylist()


def _patients(steps: Steps) -> int:
    found = steps.engine.fetch("select count(*) as n from cohort")["n"][0].as_py()
    return int(found)


def strata_of_doctor(store: Store, year: int, definition: Definition, tracked: Sequence[str], doctor: str) -> Counted:
    """« 75+ F ALD patients » -> number, and the other sums of `NAMES`; nothing where he is no doctor of the reference."""
    steps, key = _begun(store, year, definition, doctor), store.doctor(doctor).key
    if why := obstacle(store, year, steps, key):
        return Counted({}, str(why))
    if why_not := _no_doctor_of_the_reference(steps, tracked, doctor):
        return Counted({}, why_not, _patients(steps))
    steps.tracked(tracked)
    steps.spend()
    keys = [stratum.key for stratum in strata_of(definition)]
    rows = {
        f"{keys[row['stratum']]} {name}": row[column]
        for row in steps.cells().to_pylist()
        for name, column in NAMES.items()
    }
    return Counted(rows, patients=_patients(steps))


def _no_doctor_of_the_reference(steps: Steps, tracked: Sequence[str], doctor: str) -> str:
    """Why the definition does not make him one of its doctors; empty when he is."""
    steps.prescribed()
    steps.listed_doctors()
    scope = pa.table({"atc": pa.array(tracked, pa.string()), "tracked": pa.array([True] * len(tracked), pa.bool_())})
    steps.engine.view("scope", scope)
    if doctor in steps.reference_doctors()["doctor_id"].to_pylist():
        return ""
    over = steps.definition.doctors.seen_over
    return (
        "Il n’est pas un médecin de la référence : généraliste en activité au 31 décembre, installé avant l’année, plus de "
        f"{over} patients fidèles vus, et au moins une prescription d’un médicament suivi."
    )


def spread_of(
    store: Store, year: int, definition: Definition, reference: Reference, doctor: str
) -> tuple[float, float] | str:
    """log R of the doctor and max(own, nat), against the reference; a sentence when he has none."""
    check_definition(reference, definition)
    steps, known = _begun(store, year, definition, doctor), store.doctor(doctor)
    if why := obstacle(store, year, steps, known.key):
        return str(why)
    if why_not := _no_doctor_of_the_reference(steps, reference.tracked, doctor):
        return why_not
    steps.tracked(reference.tracked)
    steps.spend()
    cents = matrix(steps.cells(), pa.array([known.key], pa.int32()), len(strata_of(definition)), "cents", "squares")
    found = statistics.measure(cents, reference.by_stratum.norms(definition))[0]
    if not (found.ratio > 0 and found.chance > 0):
        return "Son ratio n’est pas calculé, ou il est nul."
    return float(np.log(found.ratio)), float(found.chance)


@dataclass(frozen=True)
class Sums:
    """What the volunteers' sums say beside the strata: their number, the scope, the spread (assumed when not summed)."""

    doctors: int
    scope: Mapping[str, tuple[int | None, int | None, bool]]
    """ATC class -> initiations, of which by a GP, tracked."""
    look_back_covered: bool
    contributions: tuple[str, ...]


@dataclass(frozen=True)
class Provenance:
    """What the reference says of where it comes from."""

    year: int
    source: str
    title: str
    synthetic: bool
    built_on: date


def tracked_of(initiations: int, gp_initiations: int, definition: Definition) -> bool:
    """More than the share of the definition initiated by a GP."""
    return gp_initiations * 100 > initiations * definition.drugs.gp_share_over_percent


def write_reference(
    to: Path, strata: Mapping[str, int], sums: Sums, about: Provenance, definition: Definition,
    beside: Mapping[str, pa.Table],
) -> Reference:  # fmt: skip
    """The reference of these totals (rows of `NAMES` by stratum), private, into a folder; gives it opened."""
    refuse_foreign_folder(to)
    spread = believed(definition, 0, 0.0, None, None)
    tables = {
        "strata": strata_table(strata, definition),
        "scope": scope_table(sums.scope),
        "classes": pa.schema(COLUMNS["classes"]).empty_table(),
        "distribution": distribution(sums.doctors, spread),
    }
    _write(to, tables | dict(beside), _toml(tables, sums, about, definition))
    return open_reference(to)


def with_spread(source: Path, to: Path, spread: Spread) -> Reference:
    """The same reference with another spread, into another folder."""
    refuse_foreign_folder(to)
    reference = open_reference(source)
    files = {file.name: file.read_bytes() for file in source.iterdir() if file.is_file()}
    with folder_aside(to) as aside:
        for name, content in files.items():
            (aside / name).write_bytes(content)
        pq.write_table(distribution(reference.size, spread), aside / "distribution.parquet", compression="zstd")
    return open_reference(to)


def strata_table(totals: Mapping[str, int], definition: Definition) -> pa.Table:
    """`strata.parquet` of these totals: every column but the caps."""
    rows = []
    for stratum in strata_of(definition):
        n, cents, cent_squares, boxes, box_squares = (totals.get(f"{stratum.key} {name}", 0) for name in NAMES)
        if n == 0:
            continue
        rows.append(
            {
                "age_class": stratum.age_class, "sex": stratum.sex, "ald": stratum.ald, "c2s": stratum.c2s,
                "patients": n, "sum_cents": cents, "mean_cents": cents / n,
                "var_cents2": statistics.sample_variance(n, cents, cent_squares),
                "stratum": stratum.key, "cap_cents": None, "capped_mean_cents": None,
                "mean_boxes": boxes / n, "var_boxes2": statistics.sample_variance(n, boxes, box_squares),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(COLUMNS["strata"]))


def scope_table(scope: Mapping[str, tuple[int | None, int | None, bool]]) -> pa.Table:
    """`scope.parquet`, sorted by class; a class nobody initiated has no row."""
    rows = [
        {"atc": atc, "initiations": all_, "gp_initiations": gp, "tracked": tracked}
        for atc, (all_, gp, tracked) in sorted(scope.items())
        if all_ != 0
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(COLUMNS["scope"]))


def distribution(doctors: int, spread: Spread) -> pa.Table:
    row = {
        "doctors": doctors,
        "tau": spread.tau,
        "tau_basis": spread.basis,
        "tau_low": spread.low,
        "tau_high": spread.high,
    }
    return pa.Table.from_pylist([row], schema=pa.schema(DISTRIBUTION))


def _toml(tables: Mapping[str, pa.Table], sums: Sums, about: Provenance, definition: Definition) -> str:
    strata, scope = tables["strata"], tables["scope"]
    counts = {
        "strata": strata.num_rows, "scope": scope.num_rows, "doctors": sums.doctors, "classes": 0,
        "tracked_classes": sum(scope["tracked"].to_pylist()), "patients": sum(strata["patients"].to_pylist()),
        "observed_cents": sum(strata["sum_cents"].to_pylist()),
    }  # fmt: skip
    content: dict[str, Any] = {
        "layout": LAYOUT, "usage": PRIVATE, "volunteers": True, "year": about.year, "source": about.source,
        "title": about.title, "synthetic": about.synthetic, "built_on": about.built_on,
        "program_version": program_version(), "look_back_covered": sums.look_back_covered,
        "contributions": sorted(sums.contributions),
    }  # fmt: skip
    named = {"id": definition.id, "label": definition.label, "hash": definition.reference_hash}
    return toml_of(content, definition=named, counts=counts)


def _write(to: Path, tables: Mapping[str, pa.Table], toml: str) -> None:
    with folder_aside(to) as aside:
        for name, table in tables.items():
            pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
        (aside / "reference.toml").write_text(toml, encoding="utf-8")


def moments(effect: float, chance: float, steps: Iterable[float], scale: int) -> dict[str, int]:
    """One doctor's terms of the sums that give tau and its limits: « w 0 », « ww 0 », « wl 0 », « wll 0 », then « w 0.05 »…
    for each value of tau; each multiplied by `scale` and rounded half to even."""
    effect = max(-MOST_EFFECT, min(MOST_EFFECT, effect))
    weight = min(1 / chance**2, MOST_WEIGHT)
    real = {"w 0": weight, "ww 0": weight**2, "wl 0": weight * effect, "wll 0": weight * effect**2}
    for tau in steps:
        at = min(1 / (chance**2 + tau**2), MOST_WEIGHT)
        real |= {f"w {tau:.2f}": at, f"wl {tau:.2f}": at * effect, f"wll {tau:.2f}": at * effect**2}
    return {name: round(value * scale) for name, value in real.items()}


MOST_WEIGHT, MOST_EFFECT = 10_000.0, 10.0


def spread_from(totals: Mapping[str, int], steps: Sequence[float], scale: int, definition: Definition) -> Spread:
    """tau of these sums by full DerSimonian-Laird, on log R; its 95 % limits by Q-profile, with linear interpolation between
    the values of tau summed; the last of these where the limit is beyond."""
    from scipy.special import chdtri  # takes longer to load than all the rest of a command

    doctors = totals["doctors"]
    at = {name: value / scale for name, value in totals.items() if name != "doctors"}
    heterogeneity = _q(at, "0") - (doctors - 1)
    tau2 = max(0.0, heterogeneity / (at["w 0"] - at["ww 0"] / at["w 0"])) if doctors > 1 else 0.0
    limits: list[float | None] = [None, None]
    if doctors > 2:
        profile = [_q(at, f"{tau:.2f}") for tau in steps]
        limits = [_crossing(profile, steps, float(chdtri(doctors - 1, above))) for above in (0.025, 0.975)]
    return believed(definition, doctors, tau2**0.5, *limits)


def _q(at: Mapping[str, float], step: str) -> float:
    """Sum of w (log R - mean)^2."""
    weight = at[f"w {step}"]
    return at[f"wll {step}"] - at[f"wl {step}"] ** 2 / weight if weight else 0.0


def _crossing(profile: Sequence[float], steps: Sequence[float], target: float) -> float:
    """Where Q, which falls, is the target; 0 where it is below from the start."""
    if profile[0] <= target:
        return 0.0
    for place in range(1, len(steps)):
        if profile[place] <= target:
            share = (profile[place - 1] - target) / (profile[place - 1] - profile[place])
            return steps[place - 1] + share * (steps[place] - steps[place - 1])
    return steps[-1]
