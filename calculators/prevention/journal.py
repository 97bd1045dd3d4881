"""A file beside the data that is only ever appended to, one line of JSON per entry, on the disk before it is said to be.

A line torn by a crash, or written by another program, is set aside and told. A patient who turns out to be one with another
takes his entries along.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from calculators import faults
from calculators.aside import append_line
from calculators.errors import UserError
from calculators.french import count, listed
from calculators.records import identities
from calculators.rules import Frozen

MOST_NAMED = 10
"""Lines named when they cannot be read."""


class Entry(Frozen):
    """One line, about a patient."""

    patient_id: str


Kept = TypeVar("Kept", bound=Entry)


@dataclass(frozen=True)
class Read(Generic[Kept]):
    """What a file says: entries, oldest first, and the numbers of the lines nobody can read."""

    known: list[Kept]
    strange: list[int]
    file: str = ""

    def sentence(self) -> str:
        """About the strange lines; empty without."""
        if not self.strange:
            return ""
        lines = count(len(self.strange), "ligne illisible", "lignes illisibles")
        return (
            f"{lines} dans « {self.file} » ({listed([str(number) for number in self.strange[:MOST_NAMED]])}) : laissées de "
            "côté, les autres sont prises."
        )


def append(file: Path, entry: Entry, what: str) -> None:
    """Add one entry, on the disk when this returns. `what`: the beginning of the sentence of the UserError (French) raised
    when it cannot be written; nothing of what was there is lost."""
    try:
        append_line(file, entry.model_dump_json())
    except OSError as problem:
        raise UserError(f"{what} {faults.in_french(problem)}") from None


def read(file: Path, kind: type[Kept]) -> Read[Kept]:
    """All entries, under the keys that patients are shown under now."""
    try:
        lines = file.read_bytes().split(b"\n")  # not splitlines: U+2028 may stand inside a text
    except FileNotFoundError:
        return Read([], [], file.name)
    found = {number: _parse(line, kind) for number, line in enumerate(lines, start=1) if line.strip()}
    strange = [number for number, entry in found.items() if entry is None]
    known = [entry for entry in found.values() if entry is not None]
    return Read(_followed(known, identities.leads(file.parent)), strange, file.name)


def _followed(known: list[Kept], leads: Mapping[str, str]) -> list[Kept]:
    return [
        one.model_copy(update={"patient_id": leads[one.patient_id]}) if one.patient_id in leads else one
        for one in known
    ]


def _parse(line: bytes, kind: type[Kept]) -> Kept | None:
    try:
        return kind.model_validate(json.loads(line.decode("utf-8")))
    except (ValueError, RecursionError):
        return None
