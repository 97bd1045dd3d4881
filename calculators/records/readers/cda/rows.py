"""Rows of one document as they are read, with what was met and what was lost."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from calculators.records.readers.cda.people import PATIENT, UNKNOWN, Professional
from calculators.records.readers.shape import Unmapped
from calculators.records.tables import TABLES

TEXT, DATE, SMALL = pa.string(), pa.date32(), pa.int16()
SCHEMAS = {
    "acts": TABLES["acts"].schema,
    "deliveries": TABLES["deliveries"].schema,
    "vaccinations": pa.schema(
        {"patient_id": TEXT, "date": DATE, "precision": TEXT, "cip13": TEXT, "cis": TEXT, "atc": TEXT,
         "rank": SMALL, "lot": TEXT, "not_done": pa.bool_()}
    ),
    "stays": TABLES["stays"].schema,
    "conditions": pa.schema(
        {"patient_id": TEXT, "system": TEXT, "code": TEXT, "from_date": DATE, "to_date": DATE, "label": TEXT}
    ),
}  # fmt: skip


class Result(NamedTuple):
    """A measure: value, UCUM unit, `<` or `>` when it is a limit."""

    value: float | None = None
    unit: str | None = None
    comparator: str | None = None


@dataclass
class Rows:
    """What one document gives."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})
    read: Counter[str] = field(default_factory=Counter)
    notes: Counter[tuple[str, str]] = field(default_factory=Counter)
    proposed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, table: str, **columns: Any) -> None:
        self.tables[table].append({"patient_id": PATIENT} | columns)

    def act(
        self,
        day: date,
        system: str,
        code: str,
        quantity: int = 1,
        performer: Professional = UNKNOWN,
        prescriber: Professional = UNKNOWN,
        result: Result | None = None,
    ) -> None:
        self.add(
            "acts",
            date=day,
            system=system,
            code=code.zfill(4) if system == "nabm" and code.isdecimal() else code,
            quantity=quantity,
            performer_id=performer.number,
            performer_specialty=performer.specialty,
            prescriber_id=prescriber.number,
            prescriber_specialty=prescriber.specialty,
            **(result._asdict() if result else {}),
        )

    def note(self, what: str, reason: str, number: int = 1) -> None:
        self.notes[what, reason] += number

    def days(self) -> list[date]:
        """Days on which something was delivered or done, or a stay began."""
        return [row[column] for table, column in DATED.items() for row in self.tables[table]]

    def as_tables(self) -> dict[str, pa.Table]:
        """Arrow tables that have rows."""
        return {name: pa.Table.from_pylist(rows, schema=SCHEMAS[name]) for name, rows in self.tables.items() if rows}


DATED = {"deliveries": "date", "acts": "date", "stays": "entry"}


LEFT = ("non repris", "non reprise", "rien n’en est repris")
"""How the reason ends of what is not taken at all."""


def told(counted: Counter[tuple[str, str]]) -> tuple[Unmapped, ...]:
    return tuple(
        Unmapped(what, number, reason, aside=reason.endswith(LEFT))
        for (what, reason), number in sorted(counted.items())
    )
