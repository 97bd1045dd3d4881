"""The named practices: `practices.toml` read, and their stories for the pages and the workshop."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from calculators.dates import to_day
from calculators.rules import Frozen, load
from sample_data.people import Doctor

FILE = Path(__file__).parent / "practices.toml"


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
