"""What a doctor is paid for a year under a version: one row per line, nothing pre-summed.

Decisions where the definition is silent:
* One row per (patient, line), even for a line paid in instalments: `due_on` is the first day of the month of the first
  payment; `instalments.payment_calendar` spreads the lines over the months, to the cent.
* ROSP, forfait structure, DONUM and installation aid appear only when asked for (`with_means`) or when the doctor
  entered amounts of his own: by default the rows are those that the list and the verdicts establish.
* A version that does not pay unseen patients for prevention leaves out those of the list; who joined later is paid.
* A doctor without a patient on the list has no doctor-level line. A doctor who is not paid has one row that says why,
  whether he has a list or not.
* What a trend adds (`expected`) is a row without patient per indicator of which it adds something, a hypothesis.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.engine import Engine, sql_text
from calculators.errors import UserError
from calculators.forfait import cohort, supplements
from calculators.forfait.doctors import ROOM, Doctors
from calculators.forfait.standing import Standing, halves_up, standing
from calculators.forfait.supplements import DoctorLine, Listed
from calculators.forfait.terms import PARTS, Part
from calculators.forfait.version import OLDEST, Line, Version
from calculators.records.store import Store
from calculators.rules import Basis

State = Literal["acquis", "tendance", "plein"]
STATES: tuple[State, ...] = ("acquis", "tendance", "plein")
UNPAID = "non_paye"
"""Line of the only row of a doctor who is not paid."""
LINE = pa.schema(
    [
        ("doctor_id", pa.string()),
        ("patient_id", pa.string()),
        ("part", pa.string()),
        ("line", pa.string()),
        ("amount_cents", pa.int64()),
        ("due_on", pa.date32()),
        ("basis", pa.string()),
        ("label", pa.string()),
        ("rate", pa.float64()),
    ]
)
SCHEMA = LINE.append(pa.field("state", pa.string()))


@dataclass(frozen=True)
class PayLine:
    """One row."""

    doctor_id: str
    patient_id: str | None
    part: Part
    line: str
    amount_cents: int
    due_on: date | None
    basis: Basis
    label: str
    rate: float | None


def pay_lines(
    store: Store,
    version: Version,
    year: int,
    validated: pa.Table,
    doctor: str | None = None,
    *,
    with_means: bool = False,
    entered: Mapping[str, int] | None = None,
    state: State = "acquis",
    expected: pa.Table | None = None,
) -> pa.Table:
    """Pay of one doctor, or of all, for `year`: columns of SCHEMA, amounts in cents, ordered.

    `validated` has columns patient_id, doctor_id, indicator: verdicts validated on 31 December of `year`. `expected` has
    columns doctor_id, indicator, patients: validated ones to come, without saying whose. `state` says in which of its three
    figures the year is told. `entered` gives in cents what the doctor was really paid, by part (rosp, structure, donum), in
    place of the means. `label` is the line in words, `rate` the fraction of the base a doctor-level line comes from.
    Raises UserError: unknown doctor, amounts entered for no one doctor.
    """
    if entered and doctor is None:
        raise UserError("Des montants saisis valent pour un médecin : précisez lequel.")
    engine = store.engine()
    doctors, rows = cohort.build(engine, store, version, year, doctor, only_paid=True)
    held = standing(version, year, doctors)
    engine.view("paying", _paying(rows, held))
    _patient_lines(engine, version, held)
    _prevention_lines(engine, version, held, validated)
    extra = dict(entered or {}) if with_means or entered else None
    listed = _listed(engine, rows)
    found = [
        *_supplements(version, year, doctors, held, listed, extra),
        *_expected(version, year, doctors, held, expected),
    ]
    engine.view("doctor_lines", _doctor_lines(version, doctors, [*found, *_unpaid(version, doctors, held)]))
    engine.view("line_notes", _line_notes(version, year))
    lines = engine.fetch(sql_text(ROOM, "lines")).cast(LINE)
    return lines.append_column(SCHEMA.field("state"), pa.array([state] * lines.num_rows, pa.string()))


def by_part(parts: Iterable[str], cents: Iterable[int]) -> dict[str, int]:
    """Cents of each part that is there, in the usual order."""
    sums: dict[str, int] = defaultdict(int)
    for part, amount in zip(parts, cents, strict=True):
        sums[part] += amount
    return {part: sums[part] for part in PARTS if part in sums}


def lines_by_part(lines: pa.Table) -> dict[str, int]:
    """The same of pay lines."""
    return by_part(lines["part"].to_pylist(), lines["amount_cents"].to_pylist())


def total_cents(lines: pa.Table) -> int:
    """Sum of the lines."""
    return pc.sum(lines["amount_cents"]).as_py() or 0


def tariff_table(version: Version, held: Standing) -> pa.Table:
    """share, age, ald, c2s, seen -> line, amount_cents, whole_cents: one row per profile and share of the base paid."""
    tariff, shares = version.tariff, np.unique(held.share)
    share, age, ald, c2s, seen = np.indices((len(shares), OLDEST + 1, 2, 2, 2)).reshape(5, -1).astype(np.int32)
    lines = pa.DictionaryArray.from_arrays(tariff.line[age, ald, c2s, seen].astype(np.int32), tariff.keys)
    whole = tariff.cents[age, ald, c2s, seen]
    return pa.table(
        {
            "share": shares[share].astype(np.int32), "age": age, "ald": ald, "c2s": c2s, "seen": seen,
            "line": lines.cast(pa.string()),
            "amount_cents": halves_up(whole * shares[share], held.whole), "whole_cents": whole,
        }
    )  # fmt: skip


def _paying(rows: pa.Table, held: Standing) -> pa.Table:
    """doctor, share, rest of the doctors who are paid."""
    kept = held.is_paid
    return pa.table(
        {
            "doctor": rows["doctor"].to_numpy()[kept].astype(np.int32),
            "share": held.share[kept].astype(np.int32),
            "rest": held.rest[kept].astype(np.int32),
        }
    )


def _patient_lines(engine: Engine, version: Version, held: Standing) -> None:
    supplement = version.c2s.par_patient
    engine.view("tariff", tariff_table(version, held))
    engine.view(
        "c2s_amounts", _amounts(held, {"": version.c2s_cents()} if supplement else {}).drop_columns(["indicator"])
    )
    params = {"c2s_unseen": int(supplement is not None and supplement.unseen)}
    engine.step("patient_lines", sql_text(ROOM, "patient_lines"), params)


def _prevention_lines(engine: Engine, version: Version, held: Standing, validated: pa.Table) -> None:
    paid = version.prevention is not None
    indicators = sorted(pc.unique(validated["indicator"]).to_pylist()) if paid and validated.num_rows else []
    engine.view("indicator_amounts", _amounts(held, {name: version.indicator_cents(name) for name in indicators}))
    engine.view("validated", validated.select(["patient_id", "doctor_id", "indicator"]))
    unseen = version.prevention.unseen if version.prevention else True
    engine.step("prevention_lines", sql_text(ROOM, "prevention_lines"), {"unseen": int(unseen)})


def _amounts(held: Standing, whole: Mapping[str, int]) -> pa.Table:
    """share, indicator, amount_cents: what is left of each amount under each share."""
    shares = np.unique(held.share)
    cents = np.array(list(whole.values()), dtype=np.int64)
    left = np.array([halves_up(cents * share, held.whole) if held.shares_all else cents for share in shares])
    return pa.table(
        {
            "share": np.repeat(shares, len(whole)).astype(np.int32),
            "indicator": pa.array(list(whole) * len(shares), pa.string()),
            "amount_cents": left.reshape(-1).astype(np.int64),
        }
    )


def _listed(engine: Engine, rows: pa.Table) -> Listed:
    """The list of each doctor, in the order of `rows`."""
    bases, keys = engine.fetch(sql_text(ROOM, "bases")), rows["doctor"].to_numpy()
    place = np.searchsorted(keys, bases["doctor"].to_numpy())
    arrays = []
    for name in ("base_cents", "patients", "with_c2s"):
        one = np.zeros(len(keys), dtype=np.int64)
        one[place] = bases[name].to_numpy()
        arrays.append(one)
    return Listed(*arrays)


def _supplements(
    version: Version, year: int, doctors: Doctors, held: Standing, listed: Listed, extra: Mapping[str, int] | None
) -> Iterable[DoctorLine]:
    """Doctor-level lines; `extra`: None leaves out means and aid."""
    yield from supplements.of_the_base(version, year, doctors, held, listed)
    if extra is not None:
        yield from supplements.beside_the_base(version, year, doctors, held, listed, extra)


def _expected(
    version: Version, year: int, doctors: Doctors, held: Standing, expected: pa.Table | None
) -> Iterable[DoctorLine]:
    """What a trend adds to the prevention part, per indicator."""
    if expected is None or version.prevention is None:
        return
    place = {name: number for number, name in enumerate(doctors.doctor_id.tolist())}
    by_indicator: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in expected.to_pylist():
        if row["patients"] and (number := place.get(row["doctor_id"])) is not None and held.rest[number]:
            by_indicator[row["indicator"]].append((number, row["patients"]))
    due, label = (
        version.months_paid("prevention", year)[0],
        f"{version.prevention.label}, attendu au taux de l’an passé",
    )
    for indicator, found in sorted(by_indicator.items()):
        who, patients = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
        unit = np.full(len(who), version.indicator_cents(indicator), dtype=np.int64)
        cents = patients * held.shared_rest(unit, who)
        yield DoctorLine("prevention", indicator, label, "hypothese", who, cents, [due] * len(who))


def _unpaid(version: Version, doctors: Doctors, held: Standing) -> Iterable[DoctorLine]:
    """The row of a doctor who is not paid."""
    for reason, label in version.who.unpaid.model_dump().items():
        who = np.flatnonzero(held.unpaid == reason)
        nothing = np.zeros(len(who), dtype=np.int64)
        yield DoctorLine("socle", UNPAID, label, version.who.basis, who, nothing, [None] * len(who))


def _line_notes(version: Version, year: int) -> pa.Table:
    """What is said of each line of a patient: first payment, basis, label, place in the order."""
    known: list[tuple[Part, str, Line]] = [("socle", key, line) for key, line in version.socle.items()]
    if version.c2s.par_patient:
        known.append(("c2s", "par_patient", version.c2s.par_patient))
    if version.prevention:
        known.append(("prevention", "", version.prevention))
    rows = [
        {
            "part": part,
            "line": key,
            "due_on": version.months_paid(part, year)[0],
            "basis": line.basis,
            "label": line.label,
            "rank": _rank(version, part, key),
        }
        for part, key, line in known
    ]
    types = [("part", pa.string()), ("line", pa.string()), ("due_on", pa.date32()), ("basis", pa.string())]
    return pa.Table.from_pylist(rows, schema=pa.schema([*types, ("label", pa.string()), ("rank", pa.int64())]))


def _doctor_lines(version: Version, doctors: Doctors, found: Iterable[DoctorLine]) -> pa.Table:
    """Doctor-level rows, with their place in the order."""
    schema = pa.schema([field for field in LINE if field.name != "patient_id"]).append(pa.field("rank", pa.int64()))
    return pa.concat_tables([schema.empty_table(), *(_rows(version, doctors, line, schema) for line in found)])


def _rows(version: Version, doctors: Doctors, line: DoctorLine, schema: pa.Schema) -> pa.Table:
    size = len(line.who)
    return pa.table(
        {
            "doctor_id": pa.array(doctors.doctor_id[line.who], pa.string()),
            "part": [line.part] * size,
            "line": [line.line] * size,
            "amount_cents": line.amount_cents,
            "due_on": line.due_on,
            "basis": [line.basis] * size,
            "label": [line.label] * size,
            "rate": pa.nulls(size, pa.float64()) if line.rate is None else line.rate,
            "rank": [_rank(version, line.part, line.line)] * size,
        },
        schema=schema,
    )


def _rank(version: Version, part: Part, line: str) -> int:
    keys = {"socle": list(version.socle), "majoration": list(version.majoration)}.get(part, [])
    return 1000 * PARTS.index(part) + (keys.index(line) if line in keys else 0)
