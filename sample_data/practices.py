"""The named practices: `practices.toml` read, and their stories for the pages and the workshop."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import Field

from calculators.dates import to_day
from calculators.records.tables import TABLES
from calculators.rules import Frozen, load
from sample_data.further import Story
from sample_data.people import Doctor

FILE = Path(__file__).parent / "practices.toml"


class Said(Frozen):
    """A thing the doctor says of his practice (table `practice_facts`)."""

    key: str
    value: str
    from_date: date
    to_date: date | None = None


class Member(Frozen):
    """The group a doctor is of (table `groups`)."""

    group: str
    role: str
    since: date


class Profile(Frozen):
    """One practice of the demonstration."""

    id: str = Field(pattern=r"^M\d\d$")
    signed: str
    name: str
    story: str
    size: int = Field(gt=0)
    born: date
    installed_on: date
    department: str
    zone: str
    specialty: str = "gp"
    sector: str = "1"
    first_installation: bool = False
    ages: dict[int, float] = Field(default_factory=dict)
    women: float = 1.0
    c2s: float = 1.0
    style: float = 1.0
    zeal: float = 0.0
    commune: str | None = None
    """Insee code of the place of practice."""
    glp1_outside: int = 0
    guarded: int = 0
    biosimilars: int = 0
    overruns: bool = False
    facts: tuple[Said, ...] = ()
    member: Member | None = None

    def beside(self) -> Story:
        """What the practice has that others have not."""
        return Story(self.glp1_outside, self.guarded, self.biosimilars, self.overruns)

    def doctor(self) -> Doctor:
        """What the generator draws this practice from."""
        return Doctor(
            doctor_id=self.id, size=self.size, birth_day=to_day(self.born), specialty=self.specialty,
            sector=self.sector, department=self.department, zone=self.zone, installed_day=to_day(self.installed_on),
            first_installation=self.first_installation, ages={age: self.ages[age] for age in sorted(self.ages)},
            women=self.women, c2s=self.c2s, style=self.style, zeal=self.zeal,
        )  # fmt: skip


class Practices(Frozen):
    practice: tuple[Profile, ...]


@cache
def profiles() -> tuple[Profile, ...]:
    """All named practices, in the order of the file."""
    return load(FILE, Practices).practice


def tables() -> Iterator[tuple[str, pa.Table]]:
    """What the named doctors say of their practices: facts, groups, places."""
    facts = [
        {"doctor_id": one.id, "source": "cabinet fictif"} | said.model_dump()
        for one in profiles()
        for said in one.facts
    ]
    groups = [
        {"group_id": one.member.group, "doctor_id": one.id, "role": one.member.role, "from_date": one.member.since}
        for one in profiles()
        if one.member
    ]
    for name, rows in (("practice_facts", facts), ("groups", groups), ("places", [_place(one) for one in profiles()])):
        yield name, pa.Table.from_pylist(rows, schema=TABLES[name].schema)


def _place(one: Profile) -> dict[str, Any]:
    zone = one.zone if one.zone in ("zip", "zac") else "none"
    return {
        "doctor_id": one.id, "commune": one.commune, "department": one.department, "zone_gp": zone,
        "qpv": one.zone == "qpv",
    }  # fmt: skip
