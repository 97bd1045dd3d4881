"""Small data folders for tests: say what matters, the rest is ordinary.

    folder = write(path, patients=[("p1", "1950-03-01", "F")], acts=[("p1", "2025-05-02", "nabm", "1577")])

Every patient is registered with doctor `d1` since 2010 unless `registrations` says otherwise.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from calculators.records.folder import Dataset, write_folder
from calculators.records.tables import TABLES

DEFAULTS: dict[str, dict[str, Any]] = {
    "doctors": {"specialty": "gp", "sector": "1", "zone": "none", "first_installation": False},
    "registrations": {"doctor_id": "d1", "from_date": "2010-01-01"},
    "ald": {"from_date": "2010-01-01"},
    "c2s": {"from_date": "2010-01-01"},
    "acts": {"quantity": 1},
    "deliveries": {"boxes": 1},
    "vaccinations": {"precision": "day", "not_done": False},
}


def dataset(**changes: Any) -> Dataset:
    """A dataset that covers everything since 1900 and knows all rights."""
    known = {
        "title": "Essai", "synthetic": True, "source": "test", "extracted_on": date(2026, 6, 30),
        "covers_from": date(1900, 1, 1), "covers_to": date(2026, 6, 30), "ald_known": True, "c2s_known": True,
    }  # fmt: skip
    return Dataset.model_validate(known | changes)


def write(path: Path, about: Dataset | None = None, **tables: Iterable[Sequence[Any] | dict[str, Any]]) -> Path:
    """Write a folder; rows are tuples in column order (cut short at will) or dicts; dates may be ISO text."""
    rows = {name: [_row(name, row) for row in given] for name, given in tables.items()}
    rows.setdefault("registrations", [_row("registrations", {"patient_id": p["patient_id"]}) for p in rows["patients"]])
    rows.setdefault(
        "doctors", [_row("doctors", {"doctor_id": d}) for d in sorted({r["doctor_id"] for r in rows["registrations"]})]
    )
    write_folder(path, {name: table(name, given) for name, given in rows.items()}, about or dataset())
    return path


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """A canonical table of these rows."""
    return pa.Table.from_pylist(rows, schema=TABLES[name].schema)


def _row(name: str, row: Sequence[Any] | dict[str, Any]) -> dict[str, Any]:
    columns = TABLES[name].columns
    given = dict(row) if isinstance(row, dict) else dict(zip((c.name for c in columns), row, strict=False))
    full: dict[str, Any] = {column.name: None for column in columns} | DEFAULTS.get(name, {}) | given
    dated = {column.name for column in columns if column.type == pa.date32()}
    return {
        key: date.fromisoformat(value) if key in dated and isinstance(value, str) else value
        for key, value in full.items()
    }
