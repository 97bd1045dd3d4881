"""When the year is paid: the lines over the months of the version's calendar, to the cent.

Equal instalments of each part of each doctor, the last one taking the odd cents; where the calendar has advances, each is
its share of the year as counted on the earlier list, and the last month takes the balance, which may be negative. A doctor
who ends his practice has the instalments whose first of month is not after his last day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pyarrow as pa

from calculators import dates
from calculators.forfait.terms import PARTS, Part
from calculators.forfait.version import Version

Key = tuple[str, Part, date]


@dataclass(frozen=True)
class Instalment:
    """What is paid of a part in a month."""

    part: Part
    due_on: date
    amount_cents: int


def payment_calendar(
    lines: pa.Table, version: Version, earlier: pa.Table | None = None, last_days: Mapping[str, int] | None = None
) -> pa.Table:
    """Month by month: doctor_id, part, due_on (first of the month), amount_cents; sums to the lines to the cent.

    `earlier`: the lines of the same year on the list of the advances, where the calendar has some (by default `lines`).
    `last_days`: last day of practice (days since 1970) of the doctors who have one.
    """
    months: dict[tuple[str, str, date], int] = defaultdict(int)
    whole, advanced = _totals(lines), _totals(lines if earlier is None else earlier)
    for doctor, part, first in sorted({*whole, *advanced}):
        due = _months(version, part, first, (last_days or {}).get(doctor, dates.OPEN_END))
        key = doctor, part, first
        shares = _shared(version, whole.get(key, 0), advanced.get(key, 0), len(due))
        for month, cents in zip(due, shares, strict=True):
            months[doctor, part, month] += cents
    keys = sorted(months, key=lambda key: (key[0], key[2], PARTS.index(key[1])))
    columns: Iterable[tuple[object, ...]] = zip(*keys, strict=True) if keys else ((), (), ())
    doctors, parts, due_on = (list(column) for column in columns)
    return pa.table(
        {
            "doctor_id": pa.array(doctors, pa.string()),
            "part": pa.array(parts, pa.string()),
            "due_on": pa.array(due_on, pa.date32()),
            "amount_cents": pa.array([months[key] for key in keys], pa.int64()),
        }
    )


def _totals(lines: pa.Table) -> dict[Key, int]:
    """Cents by doctor, part and first month; rows that are never paid are left out."""
    sums = lines.group_by(["doctor_id", "part", "due_on"]).aggregate([("amount_cents", "sum")]).to_pylist()
    return {(row["doctor_id"], row["part"], row["due_on"]): row["amount_cents_sum"] for row in sums if row["due_on"]}


def _shared(version: Version, total: int, before: int, months: int) -> list[int]:
    """The total over the months; the last one takes what is left."""
    advances = version.calendar.advances
    if advances and months > 1:
        share = Fraction(advances.share)
        each = (2 * before * share.numerator + share.denominator) // (2 * share.denominator)
    else:
        each = total // months
    return [*([each] * (months - 1)), total - each * (months - 1)]


def _months(version: Version, part: Part, first: date, last_day: int) -> list[date]:
    """Months of the payments whose first one is `first`, up to the last day of practice."""
    if part not in version.calendar.paid:
        return [first]
    year = first.year - version.calendar.paid[part][0].endswith("+1")
    due = version.months_paid(part, year)
    if version.who.end_of_practice == "quarters":
        return due
    return [month for month in due if dates.to_day(month) <= last_day] or due[:1]
