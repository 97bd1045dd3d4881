"""Who signs what is written to patients: the doctor's name and the address of the practice, as he wrote them.

Kept in a small file of the data folder, `.signatures.json`, for its owner alone, by doctor.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import Field

from calculators.aside import file_aside
from calculators.rules import Frozen

FILE = ".signatures.json"


class Sender(Frozen):
    """`address`: one or several lines, with the telephone; empty when it is not known."""

    name: str = Field(max_length=200)
    address: str = Field(default="", max_length=1_000)


def senders(folder: Path) -> dict[str, Sender]:
    """By doctor. What cannot be read is as if it were not there."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {doctor: Sender.model_validate(one) for doctor, one in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def keep(folder: Path, doctor: str, sender: Sender) -> None:
    """For the next time; where nothing can be written, nothing is kept."""
    every: Mapping[str, Sender] = {**senders(folder), doctor: sender}
    with suppress(OSError), file_aside(folder / FILE) as aside:
        aside.write_text(json.dumps({name: one.model_dump() for name, one in every.items()}), encoding="utf-8")
