"""What changed on a doctor's board since his last visit: done, newly due, newly unknown.

Of each visit the state of every act is kept in a small file of the data folder, `.visites.json`, for its owner alone: keys
of patients and one letter per act, no name, no date of care. Two are kept for each doctor and indicator set: the latest, and
the last one of an earlier day, which is what the present is compared with.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from calculators.aside import file_aside
from calculators.records import identities
from calculators.rules import Frozen

FILE = ".visites.json"
LETTERS = {"up_to_date": "f", "due": "a", "unknown": "i", "refused": "r", "not_applicable": "n"}
"""Of an act that concerns the patient; « - » for one that does not."""
NOT_CONCERNED = "-"
Acts = tuple[tuple[str, str], ...]
"""(patient, indicator)."""


class Snapshot(Frozen):
    """The board at one visit: `states` has, by patient, one letter per indicator, in their order."""

    at: datetime
    as_of: date
    indicators: tuple[str, ...]
    states: dict[str, str]


class Kept(Frozen):
    """The latest visit, and the last one of an earlier day."""

    last: Snapshot
    before: Snapshot | None = None


@dataclass(frozen=True)
class Changes:
    """What is not as it was: acts of the patients that both visits know, and who came or left."""

    since: Snapshot
    done: Acts
    due: Acts
    unknown: Acts
    came: int
    left: int


def snapshot(board: pa.Table, as_of: date, at: datetime) -> Snapshot:
    """`board`: rows of one doctor, as `declarations.judged` gives them."""
    columns = (board[name].to_pylist() for name in ("patient_id", "indicator", "status"))
    states: dict[str, dict[str, str]] = {}
    for patient, indicator, status in zip(*columns, strict=True):
        states.setdefault(patient, {})[indicator] = LETTERS.get(status, NOT_CONCERNED)
    indicators = tuple(dict.fromkeys(board["indicator"].to_pylist()))
    told = {patient: "".join(acts.get(one, NOT_CONCERNED) for one in indicators) for patient, acts in states.items()}
    return Snapshot(at=at, as_of=as_of, indicators=indicators, states=told)


def changes(before: Snapshot, now: Snapshot) -> Changes:
    """From one visit to another."""
    common = [one for one in now.indicators if one in before.indicators]
    found: dict[str, list[tuple[str, str]]] = {"f": [], "a": [], "i": []}
    for patient in now.states.keys() & before.states.keys():
        for indicator in common:
            was = before.states[patient][before.indicators.index(indicator)]
            is_ = now.states[patient][now.indicators.index(indicator)]
            if is_ != was and is_ in found:
                found[is_].append((patient, indicator))
    done, due, unknown = (tuple(sorted(found[letter])) for letter in "fai")
    came, left = len(now.states.keys() - before.states.keys()), len(before.states.keys() - now.states.keys())
    return Changes(before, done, due, unknown, came, left)


def visited(folder: Path, doctor: str, set_name: str, now: Snapshot) -> Changes | None:
    """Keep this visit, and tell what changed since the last one of an earlier day; None at first. What cannot be read is as
    if it were not there; where nothing can be written, nothing is kept."""
    every = _read(folder)
    key = f"{doctor} {set_name}"
    kept = every.get(key)
    before = None if kept is None else kept.last if kept.last.at.date() < now.at.date() else kept.before
    if kept is None or (kept.last.states, kept.last.at.date()) != (now.states, now.at.date()):
        _write(folder, {**every, key: Kept(last=now, before=before)})
    return changes(_followed(before, identities.leads(folder)), now) if before else None


def _followed(before: Snapshot, leads: Mapping[str, str]) -> Snapshot:
    """Under the keys that patients are shown under now."""
    return before.model_copy(update={"states": {leads.get(key, key): said for key, said in before.states.items()}})


def _read(folder: Path) -> dict[str, Kept]:
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {key: Kept.model_validate(one) for key, one in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _write(folder: Path, every: Mapping[str, Kept]) -> None:
    with suppress(OSError), file_aside(folder / FILE) as aside:
        aside.write_text(json.dumps({key: one.model_dump(mode="json") for key, one in every.items()}), encoding="utf-8")
