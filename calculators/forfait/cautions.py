"""What to know before any figure of the pay: a year the data do not hold, an agreement of other years, a list of one.

Codes and facts; the words are the front end's.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from calculators.forfait.version import Version
from calculators.records.folder import Dataset

Code = Literal[
    "liste_avant_les_donnees", "liste_apres_les_donnees", "accord_d_autres_annees", "apres_les_montants_connus",
    "un_seul_patient",
]  # fmt: skip
ENOUGH = 2
"""Patients from which a list is one."""


@dataclass(frozen=True)
class Caution:
    """One thing to know. `year`: the one asked for; `nearest`: the nearest right year, if there is one; `version`: the
    agreement asked for; `in_force`: the one of the year asked for, when it is another; `list_day`: that of the list, and
    `bound`: the first or last day of the data, on the other side of which it is."""

    code: Code
    year: int
    version: Version
    nearest: int | None = None
    in_force: Version | None = None
    list_day: date | None = None
    bound: date | None = None


def before_the_figures(about: Dataset, version: Version, year: int, in_force: Version) -> list[Caution]:
    """What the data and the dates of the agreement say of a year. `in_force`: the agreement of that year."""
    return [one for one in (_of_the_list(about, version, year), _of_the_years(version, year, in_force)) if one]


def patients_listed(lines: pa.Table) -> int:
    """Patients with a base line in the pay lines of a doctor."""
    listed = lines.filter((pc.field("part") == "socle") & pc.field("patient_id").is_valid())
    return int(pc.count_distinct(listed["patient_id"]).as_py())


def _of_the_list(about: Dataset, version: Version, year: int) -> Caution | None:
    """The list day is before the data, or so far after them that the list itself is not known."""
    day, earliest = version.list_day(year), date(year - 1, 12, 31)
    if day < about.covers_from:
        after = (one for one in range(year, about.covers_to.year + 2) if version.list_day(one) >= about.covers_from)
        near = next(after, None)
        return Caution("liste_avant_les_donnees", year, version, near, list_day=day, bound=about.covers_from)
    if earliest > about.covers_to:
        before = (one for one in range(year, about.covers_from.year, -1) if date(one - 1, 12, 31) <= about.covers_to)
        near = next(before, None)
        return Caution("liste_apres_les_donnees", year, version, near, list_day=day, bound=about.covers_to)
    return None


def _of_the_years(version: Version, year: int, in_force: Version) -> Caution | None:
    """The agreement held, or is to hold, in other years. A proposal, or a draft without dates, is of none."""
    first, last = version.valid_from, version.valid_to
    if first is None or (first.year <= year and (last is None or year <= last.year)):
        known = version.signed_to
        return Caution("apres_les_montants_connus", year, version, known) if known and year > known else None
    nearest = first.year if year < first.year else last.year if last else year
    return Caution("accord_d_autres_annees", year, version, nearest, in_force if in_force.id != version.id else None)
