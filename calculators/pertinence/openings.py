"""A measure opened: which patients it is made of, and the lines of care behind each.

Columns: doctor_id, measure, patient_id, numerator, detail (French: dates and what was delivered or done).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from calculators import dates, french
from calculators.pertinence import act_names
from calculators.pertinence.measure import Measure
from calculators.pertinence.steps import Steps
from calculators.records import atc

SCHEMA = pa.schema(
    [("doctor_id", pa.string()), ("measure", pa.string()), ("patient_id", pa.string()), ("numerator", pa.int64()),
     ("detail", pa.string())]
)  # fmt: skip
MOST_TOLD = 12
"""Lines named in a detail; of more, how many there are."""
PATIENTS = (
    "select w.professional_id as doctor_id, m.measure, p.patient_id, m.patient, m.doctor, m.numerator from measured m "
    "join patient_keys p on p.patient = m.patient join professional_keys w on w.professional = m.doctor "
    "where m.numerator > 0 order by w.professional_id, m.measure, m.numerator desc, p.patient_id"
)
LINES = (
    "select n.measure, c.doctor, c.patient, c.day, coalesce(d.atc, a.code) as what, a.system, v.label, c.quantity "
    "from counted c join entries n on n.entry = c.entry left join drug_keys d on c.source = 0 and d.drug = c.item "
    "left join act_keys a on c.source = 1 and a.act = c.item "
    "left join devices v on v.code = a.code and a.system = 'lpp' where n.side = 0 order by c.day, what"
)
MOLECULES = (
    "select distinct e.measure, l.doctor, m.patient, k.atc, case when o.patient is null then 0 else 1 end as own "
    "from (select patient, drug from molecule_dates where year = :year group by patient, drug "
    "having sum(dates) >= :molecule_dates_from) m "
    "join (select n.measure, g.drug from entries n join entry_lists x on x.entry = n.entry join drug_lists g "
    "on g.list = x.list where n.molecules = 1 and n.side = 0) e on e.drug = m.drug "
    "join listed l on l.patient = m.patient join drug_keys k on k.drug = m.drug "
    "left join (select distinct patient, drug, prescriber from deliveries "
    "where day >= :first and day <= :last and boxes > 0) o "
    "on o.patient = m.patient and o.drug = m.drug and o.prescriber = l.doctor order by k.atc"
)
LEAVES = (
    "select n.measure, v.doctor, v.patient, v.from_day, v.to_day from leave_lines v join entries n on n.entry = v.entry "
    "order by v.from_day, v.to_day"
)


@dataclass(frozen=True)
class Opened:
    """A patient of a measure."""

    measure: str
    patient_id: str
    numerator: int
    detail: str


def opened(steps: Steps, products: Mapping[str, str]) -> pa.Table:
    """Rows of `SCHEMA`, of every doctor and measure valued: the patients who add something. `products`: of classes without a
    name, one that the folder labels (`records/atc.py`)."""
    found = steps.engine.fetch(PATIENTS).to_pylist()
    told = _details(steps, products)
    ids = [one.id for one in steps.rules.measures]
    rows = [
        {"doctor_id": row["doctor_id"], "measure": ids[row["measure"]], "patient_id": row["patient_id"],
         "numerator": row["numerator"], "detail": told.get((row["measure"], row["doctor"], row["patient"]), "")}
        for row in found
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)


Key = tuple[int, int, int]


def _details(steps: Steps, products: Mapping[str, str]) -> Mapping[Key, str]:
    rules = steps.rules
    said: dict[Key, list[str]] = {}
    for row in steps.fetch(LINES, ("counted", "entries")).to_pylist():
        many = "" if row["quantity"] == 1 else f" × {row['quantity']}"
        said.setdefault(_key(row), []).append(f"{_day(row['day'])} {_what(row, products)}{many}")
    if any(one.leaves for measure in rules.measures for one in measure.counts):
        for row in steps.fetch(LEAVES, ("leave_lines",)).to_pylist():
            said.setdefault(_key(row), []).append(f"du {_day(row['from_day'])} au {_day(row['to_day'])}")
    found = {key: _short(lines) for key, lines in said.items()}
    if any(one.amount == "molecules_3" for measure in rules.measures for one in measure.counts):
        found |= _molecules(steps, products)
    return found


def _what(row: Mapping[str, Any], products: Mapping[str, str]) -> str:
    """A drug, an act or a discharge, each by its name where it has one."""
    if row["system"]:
        return act_names.told(row["system"], row["what"], row["label"])
    return atc.told(row["what"], products) if row["what"] else "sortie d’hôpital"


def _molecules(steps: Steps, products: Mapping[str, str]) -> dict[Key, str]:
    """The molecules of each patient, and how many of them the doctor prescribed at least once."""
    rows = steps.fetch(MOLECULES, ("entry_lists",)).to_pylist()
    by_patient: dict[Key, list[tuple[str, int]]] = {}
    for row in rows:
        by_patient.setdefault(_key(row), []).append((row["atc"], row["own"]))
    found = {}
    for key, molecules in by_patient.items():
        own = sum(one for _, one in molecules)
        many = french.plain(french.count(len(molecules), "molécule"))
        found[key] = (
            f"{many}, dont {own} de vos prescriptions : {' ; '.join(atc.told(one, products) for one, _ in molecules)}"
        )
    return found


def _key(row: Mapping[str, int]) -> Key:
    return row["measure"], row["doctor"], row["patient"]


def _day(day: int) -> str:
    when: date = dates.from_day(day)
    return french.short_day(when)


def _short(lines: list[str]) -> str:
    more = len(lines) - MOST_TOLD
    return " ; ".join(lines[:MOST_TOLD]) + (f" ; et {more} autres" if more > 0 else "")


def label_of(measure: Measure) -> str:
    """What its tab or its row is called."""
    return measure.short or measure.label
