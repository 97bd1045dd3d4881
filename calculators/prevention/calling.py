"""What came of a call: a message left, an appointment, a refusal, done elsewhere. It moves the patient in the worklist, and
never a verdict: what the doctor knows of an act is declared by act (`declarations.py`).

Kept in a file beside the data, `appels.jsonl`: one line per state, with who and when, only ever appended to; the last line
about a patient is the one that holds, and holds for some days (`calling.toml`).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from calculators.prevention import journal
from calculators.prevention.journal import Entry, Read
from calculators.rules import Frozen, load

FILE = "appels.jsonl"
State = Literal["a_appeler", "message_laisse", "rendez_vous", "refuse", "fait_ailleurs"]
STATES: tuple[State, ...] = get_args(State)
TO_CALL: State = "a_appeler"
BY_ACT: Mapping[State, str] = {"refuse": "refus", "fait_ailleurs": "fait_ailleurs"}
"""States that say something of acts, and the declaration of each act that they lead to."""


class Called(Entry):
    """What came of one call, or that there is one to make again."""

    state: State
    by: str
    at: datetime


class _Rules(Frozen):
    """Shape of calling.toml."""

    days: dict[State, int]


DAYS = load(Path(__file__).with_name("calling.toml"), _Rules).days


def record(folder: Path, called: Called) -> None:
    """Append one state, on the disk when this returns. Raises UserError (French) when it cannot be written."""
    journal.append(folder / FILE, called, "L’état de l’appel n’a pas été enregistré.")


def read(folder: Path) -> Read[Called]:
    """All states, oldest first."""
    return journal.read(folder / FILE, Called)


def latest(known: Iterable[Called]) -> dict[str, Called]:
    """The last of each patient."""
    return {one.patient_id: one for one in known}


def standing(called: Called | None, today: date) -> State:
    """Where the calls to a patient stand: what the last one came to, as long as that holds."""
    if called is None or today >= called.at.date() + timedelta(days=DAYS.get(called.state, 0)):
        return TO_CALL
    return called.state
