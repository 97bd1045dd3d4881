"""What a list says of its patients on its day (table `listed`: long illnesses, C2S, death) -> rows of the canonical tables.

A right without its dates is held from the day of the list on. Of a long illness without its number the patient is known to
have one, and not which: it is number 31 for him, and nothing is said of the others.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from calculators.records.readers.shape import Document
from calculators.records.tables import TABLES

TABLE, NUMBERS = "listed", "listed_ald"
OF_NO_NUMBER = 31
Row = dict[str, Any]


def tables_of(document: Document) -> dict[str, pa.Table]:
    """The tables of a document that have rows, those of its list made canonical as well."""
    given = {name: table for name, table in document.tables.items() if table.num_rows}
    if TABLE not in given or document.created_on is None:
        return given
    listed = given[TABLE].to_pylist()
    numbers = given[NUMBERS].to_pylist() if NUMBERS in given else []
    made = _rows(listed, numbers, document.created_on)
    found = {name: pa.Table.from_pylist(rows, schema=TABLES[name].schema) for name, rows in made.items() if rows}
    return found | given


def unlisted(rows: Iterable[Row]) -> set[str]:
    """Patients of whom lists only say that they are on none."""
    said: dict[str, set[bool | None]] = {}
    for row in rows:
        said.setdefault(row["patient_id"], set()).add(row["is_registered"])
    return {patient for patient, words in said.items() if words == {False}}


def _rows(listed: list[Row], numbers: list[Row], day: date) -> Mapping[str, list[Row]]:
    numbered = {row["patient_id"] for row in numbers}
    unnumbered = [row["patient_id"] for row in listed if row["has_ald"] and row["patient_id"] not in numbered]
    alds = [(row["patient_id"], row["ald"]) for row in numbers] + [(one, OF_NO_NUMBER) for one in unnumbered]
    vague = set(unnumbered)
    return {
        "ald": [{"patient_id": one, "ald": number, "from_date": day} for one, number in alds],
        "c2s": [{"patient_id": row["patient_id"], "from_date": day} for row in listed if row["has_c2s"]],
        "patients": [
            {
                "patient_id": row["patient_id"],
                "died_on": row["died_on"],
                "ald_known": False if row["patient_id"] in vague else None,
            }
            for row in listed
        ],
    }
