"""What the doctor notes of a patient that no reimbursement says: tobacco, activity, sleep, a file to fill (`noting.toml`).

Kept in a file beside the data, `constats.jsonl`: one line per note, with who and when, only ever appended to. An empty value
takes back all that was noted before under the code. Nothing is ever inferred from what is delivered.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Self

import pyarrow as pa
from pydantic import Field, model_validator

from calculators.dates import to_day
from calculators.prevention import journal
from calculators.prevention.assess import NOTED
from calculators.prevention.journal import Entry, Read
from calculators.rules import Frozen, read_toml, suggest, validate

FILE = "constats.jsonl"


class Question(Frozen):
    """One thing that may be noted. `form`: the whole value, as a regular expression; `values`: in words, if they are few."""

    label: str
    form: str
    values: dict[str, str] = Field(default_factory=dict)


class Noted(Entry):
    """One note: what was found on a day; an empty value takes the earlier ones back."""

    code: str
    value: str
    on: date
    by: str
    at: datetime

    @model_validator(mode="after")
    def _known(self) -> Self:
        asked = questions().get(self.code)
        if asked is None:
            raise ValueError(f"« {self.code} » n’est pas connu ; {suggest(self.code, list(questions())).rstrip('.')}")
        if self.value and not re.fullmatch(asked.form, self.value):
            raise ValueError(f"« {self.value} » n’est pas une réponse à « {asked.label} »")
        if self.on > self.at.date():
            raise ValueError("la date est dans le futur")
        return self


@cache
def questions() -> dict[str, Question]:
    """What may be noted, by code. Raises RuleError."""
    path = Path(__file__).with_name("noting.toml")
    return {code: validate(content, Question, f"{path.name} [{code}]") for code, content in read_toml(path).items()}


def note(folder: Path, noted: Noted) -> None:
    """Append one note, on the disk when this returns. Raises UserError (French) when it cannot be written."""
    journal.append(folder / FILE, noted, "Ce que vous avez noté n’a pas été enregistré.")


def read(folder: Path) -> Read[Noted]:
    """All notes, oldest first. A line torn by a crash, or written by another program, is set aside and told."""
    return journal.read(folder / FILE, Noted)


def holding(notes: Iterable[Noted]) -> list[Noted]:
    """Those that nothing takes back, oldest first."""
    held: dict[tuple[str, str], list[Noted]] = {}
    for one in notes:
        if one.value:
            held.setdefault((one.patient_id, one.code), []).append(one)
        else:
            held.pop((one.patient_id, one.code), None)
    return sorted((one for several in held.values() for one in several), key=lambda one: one.on)


def entries(notes: Iterable[Noted]) -> Iterator[tuple[str, str, date]]:
    """(patient_id, code, day) of each that holds, by code and by code with its value."""
    for one in holding(notes):
        yield one.patient_id, one.code, one.on
        yield one.patient_id, f"{one.code}:{one.value}", one.on


def table(notes: Iterable[Noted]) -> pa.Table:
    """The same as `assess` takes them."""
    rows = [{"patient_id": patient, "code": code, "day": to_day(day)} for patient, code, day in entries(notes)]
    return pa.Table.from_pylist(rows, schema=NOTED)
