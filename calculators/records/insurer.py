"""What the insurer says of patients: the rows of the lists received from it (kind `liste_assurance`), with the day of the
list that says each. Nothing is judged here (`prevention/reconcile.py`)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from calculators.records import sources

FILE = "insurer_list.parquet"


@dataclass(frozen=True)
class Told:
    """One row as written. `indicator` and `said` are the insurer's words; `on`: the last exam it knows; `listed_on`: the day
    of the list."""

    patient_id: str
    indicator: str
    said: str
    on: date | None
    listed_on: date


def told(folder: Path) -> list[Told]:
    """All that the lists of a practice folder say, in their order; nothing where none was received."""
    if not (folder / FILE).is_file():
        return []
    days = {one.source_id: one.age[0] for one in sources.read(folder)}
    return [
        Told(row["patient_id"], row["indicator"], row["said"] or "", row["date"], days[row["source_id"]])
        for row in pq.read_table(folder / FILE).to_pylist()
        if row["source_id"] in days
    ]
