"""What a doctor is paid for a year under a version: one row per line, nothing pre-summed.

Decisions where the definition is silent:
* One row per (patient, line), even for a line paid in instalments: `due_on` is the first day of the month of the first
  payment; `payment_calendar` spreads the lines over the months, to the cent.
* ROSP, forfait structure, DONUM and installation aid appear only when asked for (`with_means`) or when the doctor
  entered amounts of his own: by default the rows are those that the list and the verdicts establish.
* A version that does not pay unseen patients for prevention leaves out those of the list; who joined later is paid.
* A doctor without a patient on the list has no doctor-level line.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from calculators.engine import Engine, sql_text
from calculators.errors import UserError
from calculators.forfait import cohort, supplements
from calculators.forfait.cohort import ROOM, Doctors
from calculators.forfait.supplements import DoctorLine
from calculators.forfait.version import OLDEST, PARTS, Line, Part, Version
from calculators.records.store import Store
from calculators.rules import Basis

SCHEMA = pa.schema(
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


@dataclass(frozen=True)
class PayLine:
    """One row."""

    doctor_id: str
    patient_id: str | None
    part: Part
    line: str
    amount_cents: int
    due_on: date
    basis: Basis
    label: str
    rate: float | None


@dataclass(frozen=True)
class Instalment:
    """What is paid of a part in a month."""

    part: Part
    due_on: date
    amount_cents: int


def pay_lines(
    store: Store,
    version: Version,
    year: int,
    validated: pa.Table,
    doctor: str | None = None,
    *,
    with_means: bool = False,
    entered: Mapping[str, int] | None = None,
) -> pa.Table:
    """Pay of one doctor, or of all, for `year`: columns of SCHEMA, amounts in cents, ordered.

    `validated` has columns patient_id, doctor_id, indicator: verdicts validated on 31 December of `year`. `entered`
    gives in cents what the doctor was really paid, by part (rosp, structure, donum), in place of the means.
    `label` is the line in words, `rate` the fraction of the base a doctor-level line comes from.
    Raises UserError: unknown doctor, amounts entered for no one doctor.
    """
    if entered and doctor is None:
        raise UserError("Des montants saisis valent pour un médecin : précisez lequel.")
    engine = store.engine()
    cohort.build(engine, store, version, year, doctor)
    _patient_lines(engine, version)
    _prevention_lines(engine, version, validated, doctor)
    bases = engine.fetch(sql_text(ROOM, "bases"))
    extra = dict(entered or {}) if with_means or entered else None
    engine.view("doctor_lines", _doctor_lines(version, year, bases, extra))
    engine.view("line_notes", _line_notes(version, year))
    return engine.fetch(sql_text(ROOM, "lines")).cast(SCHEMA)


def payment_calendar(lines: pa.Table, version: Version) -> pa.Table:
    """Month by month: doctor_id, part, due_on (first of the month), amount_cents; sums to the lines to the cent.

    Equal instalments of each part of each doctor; the last one takes the odd cents.
    """
    months: dict[tuple[str, str, date], int] = defaultdict(int)
    totals = lines.group_by(["doctor_id", "part", "due_on"]).aggregate([("amount_cents", "sum")])
    for row in totals.to_pylist():
        due = _instalments(version, row["part"], row["due_on"])
        share, total = row["amount_cents_sum"] // len(due), row["amount_cents_sum"]
        for month in due[:-1]:
            months[row["doctor_id"], row["part"], month] += share
        months[row["doctor_id"], row["part"], due[-1]] += total - share * (len(due) - 1)
    keys = sorted(months, key=lambda key: (key[0], key[2], PARTS.index(key[1])))
    columns: Iterable[tuple[object, ...]] = zip(*keys, strict=True) if keys else ((), (), ())
    doctors, parts, due_on = (list(column) for column in columns)
    return pa.table(
        {
            "doctor_id": pa.array(doctors, pa.string()),
            "part": pa.array(parts, pa.string()),
            "due_on": pa.array(due_on, pa.date32()),
            "amount_cents": pa.array([months[key] for key in keys], pa.int64()),
        }
    )


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


def tariff_table(version: Version) -> pa.Table:
    """age, ald, c2s, seen -> line, amount_cents: one row per profile."""
    tariff = version.tariff
    age, ald, c2s, seen = np.indices((OLDEST + 1, 2, 2, 2)).reshape(4, -1).astype(np.int32)
    lines = pa.DictionaryArray.from_arrays(tariff.line.ravel().astype(np.int32), tariff.keys).cast(pa.string())
    cents = tariff.cents.ravel()
    return pa.table({"age": age, "ald": ald, "c2s": c2s, "seen": seen, "line": lines, "amount_cents": cents})


def _patient_lines(engine: Engine, version: Version) -> None:
    supplement = version.c2s.par_patient
    engine.view("tariff", tariff_table(version))
    params = {
        "c2s_cents": version.c2s_cents(),
        "c2s_paid": int(supplement is not None),
        "c2s_unseen": int(supplement is not None and supplement.unseen),
    }
    engine.step("patient_lines", sql_text(ROOM, "patient_lines"), params)


def _prevention_lines(engine: Engine, version: Version, validated: pa.Table, doctor: str | None) -> None:
    paid = version.prevention is not None
    indicators = sorted(pc.unique(validated["indicator"]).to_pylist()) if paid and validated.num_rows else []
    engine.view(
        "indicator_amounts",
        pa.table(
            {
                "indicator": pa.array(indicators, pa.string()),
                "amount_cents": pa.array([version.indicator_cents(name) for name in indicators], pa.int64()),
            }
        ),
    )
    engine.view("validated", validated.select(["patient_id", "doctor_id", "indicator"]))
    unseen = version.prevention.unseen if version.prevention else True
    params = {"unseen": int(unseen), "doctor_id": doctor or ""}
    engine.step("prevention_lines", sql_text(ROOM, "prevention_lines"), params)


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


def _doctor_lines(version: Version, year: int, bases: pa.Table, extra: Mapping[str, int] | None) -> pa.Table:
    """Doctor-level rows, with their place in the order. `extra`: None leaves out means and aid."""
    doctors = Doctors.from_table(bases)
    base, patients, with_c2s = (bases[name].to_numpy() for name in ("base_cents", "patients", "with_c2s"))
    found = list(supplements.of_the_base(version, year, doctors, base, patients, with_c2s))
    if extra is not None:
        found += supplements.beside_the_base(version, year, doctors, extra)
    schema = pa.schema([field for field in SCHEMA if field.name != "patient_id"]).append(pa.field("rank", pa.int64()))
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


def _instalments(version: Version, part: Part, first: date) -> list[date]:
    """Months of the payments whose first one is `first`."""
    if part not in version.calendar.paid:
        return [first]
    year = first.year - version.calendar.paid[part][0].endswith("+1")
    return version.months_paid(part, year)
