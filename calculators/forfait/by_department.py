"""Two versions department by department, over the doctors of a data folder.

Every doctor of the folder is counted: there is no sampling, thus no interval. A department with fewer doctors than
`country.toml` says is named with their number and nothing else; the whole is not told, for a department could be had from it
by subtraction. The population of the country has no geography and is not compared so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from calculators import rules
from calculators.forfait.population import Priced
from calculators.forfait.version import FOLDER


@dataclass(frozen=True)
class Department:
    """Mean cents a year under both versions, and how many lose or gain more than a sum; None where doctors are too few.
    `department` is empty for doctors of whom it is not known."""

    department: str
    doctors: int
    before_cents: float | None = None
    after_cents: float | None = None
    losers: int | None = None
    gainers: int | None = None

    @property
    def gap_cents(self) -> float | None:
        if self.before_cents is None or self.after_cents is None:
            return None
        return self.after_cents - self.before_cents


def least() -> int:
    """Doctors under whom nothing is told of a department."""
    return int(rules.read_toml(FOLDER / "country.toml")["departments"]["least"])


def by_department(
    before: Priced, after: Priced, departments: Mapping[str, str | None], beyond_cents: int
) -> list[Department]:
    """One row per department, in order, the unknown one last. `departments`: by doctor."""
    held: dict[str, list[tuple[int, int]]] = {}
    now = dict(zip(after.population.doctors.doctor_id.tolist(), after.totals.tolist(), strict=True))
    then = dict(zip(before.population.doctors.doctor_id.tolist(), before.totals.tolist(), strict=True))
    for doctor in sorted({*now, *then}):
        held.setdefault(departments.get(doctor) or "", []).append((then.get(doctor, 0), now.get(doctor, 0)))
    return [_told(name, held[name], beyond_cents) for name in sorted(held, key=lambda name: (not name, name))]


def _told(name: str, pairs: list[tuple[int, int]], beyond_cents: int) -> Department:
    doctors = len(pairs)
    if doctors < least():
        return Department(name, doctors)
    gaps = [after - before for before, after in pairs]
    return Department(
        name,
        doctors,
        sum(before for before, _ in pairs) / doctors,
        sum(after for _, after in pairs) / doctors,
        sum(gap < -beyond_cents for gap in gaps),
        sum(gap > beyond_cents for gap in gaps),
    )
