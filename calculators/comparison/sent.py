"""What was sent from a data folder: one line per contribution, for the owner alone, only ever appended to. It gives the next
counter, and says later whether a doctor is in a reference (`contributions.jsonl`)."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from calculators.aside import FILE as OWNER_ALONE
from calculators.aside import append_line
from calculators.rules import Frozen

FILE = "contributions.jsonl"


class Sent(Frozen):
    """One contribution."""

    campaign: str
    """Id of the campaign, the same for all its rounds."""
    round: int
    doctor_id: str
    key: str
    """Hash of the key."""
    counter: int
    number: str
    parts: tuple[str, ...]
    """Those in which he counts."""
    on: date


def sent(folder: Path) -> list[Sent]:
    """Oldest first; a line that cannot be read is left out."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(Sent.model_validate_json(line))
        except ValidationError:
            continue
    return found


def next_counter(folder: Path, campaign: str, round_: int, key: str) -> int:
    """One more than the last sent."""
    counters = [one.counter for one in sent(folder) if (one.campaign, one.round, one.key) == (campaign, round_, key)]
    return max(counters, default=0) + 1


def note(folder: Path, one: Sent) -> None:
    """Raises OSError when it cannot be kept: nothing is then to be sent."""
    append_line(folder / FILE, one.model_dump_json())
    (folder / FILE).chmod(OWNER_ALONE)


def contributors(folder: Path, numbers: Collection[str], part: str) -> frozenset[str]:
    """Doctors of the folder who count in this part by one of these contributions."""
    if not numbers:
        return frozenset()
    return frozenset(one.doctor_id for one in sent(folder) if one.number in numbers and part in one.parts)
