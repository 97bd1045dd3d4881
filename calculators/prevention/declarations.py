"""What the doctor says of a patient and an act, beside what the record says. The record is never changed.

Kept in a file beside the data, `declarations.jsonl`: one line per declaration, with who and when, only ever appended to.
The last line about a patient and an act is the one that holds; `retrait` takes the earlier ones back.
A patient who turns out to be one with another takes his declarations along.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

import pyarrow as pa
from pydantic import Field, model_validator

from calculators.dates import to_day
from calculators.french import plain_day
from calculators.prevention import journal
from calculators.prevention.assess import Verdict
from calculators.prevention.journal import Entry, Read

FILE = "declarations.jsonl"
Kind = Literal["fait_ailleurs", "refus", "non_applicable", "concerne", "retrait"]
DECLINED = {"refus": "refused", "non_applicable": "not_applicable"}
"""What these declarations make of an act due or unknown; one done since, or that no longer concerns him, stays as it is."""
Words = Annotated[str, Field(max_length=500)]


class Declaration(Entry):
    """One declaration. `on`: day of the act, for `fait_ailleurs`; `reason`: needed for `non_applicable`."""

    indicator: str
    kind: Kind
    on: date | None = None
    reason: Words = ""
    by: str
    at: datetime

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "fait_ailleurs" and self.on is None:
            raise ValueError("indiquez la date de l’acte fait ailleurs")
        if self.kind == "fait_ailleurs" and self.on and self.on > self.at.date():
            raise ValueError("la date de l’acte fait ailleurs est dans le futur")
        if self.kind == "non_applicable" and not self.reason.strip():
            raise ValueError("indiquez pourquoi l’acte ne s’applique pas")
        return self

    def sentence(self) -> str:
        """What the doctor says, in French."""
        said = f"déclaré le {plain_day(self.at.date())} par {self.by}"
        match self.kind:
            case "fait_ailleurs":
                assert self.on is not None
                return f"Fait ailleurs le {plain_day(self.on)} ({said})."
            case "refus":
                return f"Refusé par le patient{_because(self.reason)} ({said})."
            case "non_applicable":
                return f"Ne s’applique pas{_because(self.reason)} ({said})."
            case "concerne":
                return f"Concerné, l’exclusion possible ne s’applique pas{_because(self.reason)} ({said})."
            case _:
                return f"Déclaration retirée ({said})."


def _because(reason: str) -> str:
    return f" : {reason.strip().rstrip('.')}" if reason.strip() else ""


@dataclass(frozen=True)
class Said(Verdict):
    """One row of `beside`: a verdict of the record, and what the doctor makes of it."""

    doctor_status: str
    doctor_says: str | None


def declare(folder: Path, declaration: Declaration) -> None:
    """Append one declaration, on the disk when this returns. Raises UserError (French) when it cannot be written; nothing
    of what was declared before is lost."""
    journal.append(folder / FILE, declaration, "La déclaration n’a pas été enregistrée.")


def read(folder: Path) -> Read[Declaration]:
    """All declarations. A line torn by a crash, or written by another program, is set aside and told."""
    return journal.read(folder / FILE, Declaration)


def holding(declarations: Iterable[Declaration], as_of: date) -> dict[tuple[str, str], Declaration]:
    """The declaration that holds on a day for each (patient_id, indicator)."""
    latest: dict[tuple[str, str], Declaration] = {}
    for declaration in declarations:
        if declaration.at.date() <= as_of or (declaration.on is not None and declaration.on <= as_of):
            latest[declaration.patient_id, declaration.indicator] = declaration
    return {key: declaration for key, declaration in latest.items() if declaration.kind != "retrait"}


def done_elsewhere(held: Iterable[Declaration]) -> pa.Table:
    """Acts declared done elsewhere, as `assess` takes them: patient_id, indicator, day."""
    acts = [d for d in held if d.kind == "fait_ailleurs" and d.on is not None]
    return pa.table(
        {
            "patient_id": pa.array([d.patient_id for d in acts], pa.string()),
            "indicator": pa.array([d.indicator for d in acts], pa.string()),
            "day": pa.array([to_day(d.on) for d in acts if d.on], pa.int32()),
        }
    )


def confirmed(held: Iterable[Declaration]) -> pa.Table:
    """Patients to whom, the doctor says, no possible exclusion applies, as `assess` takes them: patient_id, indicator."""
    sure = [one for one in held if one.kind == "concerne"]
    columns = {"patient_id": [one.patient_id for one in sure], "indicator": [one.indicator for one in sure]}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def judged(with_acts: pa.Table, held: dict[tuple[str, str], Declaration]) -> pa.Table:
    """The board as the doctor judges it: `with_acts` (assessed with `done_elsewhere` and `confirmed`), its status
    `refused` or `not_applicable` where he says so of an act due or unknown."""
    statuses = [
        DECLINED.get(declaration.kind, status) if declaration and status in ("due", "unknown") else status
        for declaration, status in zip(_said(with_acts, held), with_acts["status"].to_pylist(), strict=True)
    ]
    place = with_acts.schema.get_field_index("status")
    return with_acts.set_column(place, "status", pa.array(statuses, pa.string()))


def beside(recorded: pa.Table, with_acts: pa.Table, held: dict[tuple[str, str], Declaration]) -> pa.Table:
    """The board as recorded, plus what the doctor says: `doctor_status` (the status of `judged`) and `doctor_says` (a
    French sentence, null when he said nothing). `with_acts`: as for `judged`, the same rows."""
    sentences = [declaration.sentence() if declaration else None for declaration in _said(recorded, held)]
    said = recorded.append_column("doctor_status", judged(with_acts, held)["status"])
    return said.append_column("doctor_says", pa.array(sentences, pa.string()))


def _said(board: pa.Table, held: dict[tuple[str, str], Declaration]) -> list[Declaration | None]:
    keys = zip(board["patient_id"].to_pylist(), board["indicator"].to_pylist(), strict=True)
    return [held.get(key) for key in keys]
