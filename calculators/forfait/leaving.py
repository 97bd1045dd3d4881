"""Patients soon no longer seen: how many of the list, in which month, and what the version pays less for them.

An act of day D makes a patient seen while the day looked at is before `add_months(D, months)`. Here, on a given day: the
last contact is `months - 4` to `months` months old, so he falls within four months unless he comes.

Decisions where the definition is silent:
* Worth: base line and C2S supplement of the patient seen, less those of the patient not seen, at the age of the next
  year paid. Majorations of the doctor and prevention are left out: they hang on other things.
* The next year paid is that of the first list day on or after the day looked at; `paid` says whether a patient falls on
  or before that list day, thus whether the year's pay changes.
* Nothing can be said (None) when acts are not complete over the window or no act carries a performer.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from calculators import dates
from calculators.engine import sql_text
from calculators.forfait import cohort
from calculators.forfait.doctors import ROOM
from calculators.forfait.version import Version
from calculators.records.store import Store

LEAD = 4
"""Months of notice."""


@dataclass(frozen=True)
class SoonUnseen:
    """One month: patients who will no longer count as seen."""

    falls_on: date
    paid: bool
    patients: int
    amount_cents: int


def leaving(store: Store, version: Version, as_of: date, doctor: str) -> pa.Table | None:
    """falls_on (first day of the month), paid (bool), patients, amount_cents (what the year's pay loses, not negative
    unless the version pays unseen patients more); one row per month. None when last contacts are not known."""
    year = next_year_paid(version, as_of)
    engine = store.engine()
    first = dates.add_months(as_of, -version.seen.months) + timedelta(days=1)
    if not cohort.is_seen_known(engine, store, first, as_of, version.seen.by == "anyone"):
        return None
    cohort.build_on(engine, store, version, as_of, year, doctor)
    engine.view("falls", _falls(version, as_of, version.list_day(year)))
    found = engine.fetch(sql_text(ROOM, "leaving"))
    sums: dict[tuple[date, bool], list[int]] = {}
    for row in found.to_pylist():
        lost = _worth(version, row, seen=1) - _worth(version, row, seen=0)
        month = sums.setdefault((dates.from_day(row["falls_on"]), bool(row["paid"])), [0, 0])
        month[0] += row["patients"]
        month[1] += lost * row["patients"]
    rows = [(*key, *sums[key]) for key in sorted(sums)]
    return pa.Table.from_pylist([dict(zip(LEAVING.names, row, strict=True)) for row in rows], schema=LEAVING)


LEAVING = pa.schema(
    [("falls_on", pa.date32()), ("paid", pa.bool_()), ("patients", pa.int64()), ("amount_cents", pa.int64())]
)


def next_year_paid(version: Version, as_of: date) -> int:
    """First year paid whose list day is not past."""
    return next(year for year in (as_of.year, as_of.year + 1) if version.list_day(year) >= as_of)


def _falls(version: Version, as_of: date, list_day: date) -> pa.Table:
    """Days of a last contact that make a patient fall within the lead: when, and whether the next list knows it."""
    window = range(31 * (version.seen.months + 1))
    days = [as_of - timedelta(days=back) for back in window]
    soon = [
        (day, dates.add_months(day, version.seen.months))
        for day in days
        if dates.add_months(day, version.seen.months - LEAD) <= as_of < dates.add_months(day, version.seen.months)
    ]
    return pa.table(
        {
            "day": pa.array([dates.to_day(day) for day, _ in soon], pa.int32()),
            "falls_on": pa.array([dates.to_day(falls.replace(day=1)) for _, falls in soon], pa.int32()),
            "paid": pa.array([int(falls <= list_day) for _, falls in soon], pa.int32()),
        }
    )


def _worth(version: Version, row: dict[str, int], seen: int) -> int:
    supplement = version.c2s.par_patient
    with_c2s = row["c2s"] == 1 and (seen == 1 or (supplement is not None and supplement.unseen))
    base = int(version.tariff.cents[row["age"], row["ald"], row["c2s"], seen])
    return base + (version.c2s_cents() if with_c2s else 0)
