"""Can the ratio of a year be computed from this source at all? The reason when it cannot."""

from collections.abc import Container
from datetime import date

from calculators import dates
from calculators.records import doubts
from calculators.records.folder import Dataset, Source
from calculators.records.store import CARES, Store
from calculators.sobriety.reasons import Reason, Why

NEEDED: tuple[Source, ...] = ("acts", "deliveries")
DELIVERED = CARES.index("deliveries")
ANYBODY = "select 1 as found from coverage where care = :care and from_day <= :first and to_day >= :last limit 1"
AMOUNTS = "select 1 as found from deliveries where day >= :first and day <= :last"


def problem(store: Store, year: int) -> Why | None:
    """Why nobody's ratio of the year can be computed: care not recorded, not covered, without amounts."""
    without = None if amounts(store, year) != (True, False) else Why(Reason.NO_AMOUNTS)
    return unknown(store, year) or without or doubtful(store, year)


def unknown(store: Store, year: int) -> Why | None:
    """Which care of the year is not recorded, not covered, or lacks a month."""
    return uncovered(store.dataset, store.rows, year) or (None if store.covers_by_patient else _lacking(store, year))


def _lacking(store: Store, year: int) -> Why | None:
    for table in NEEDED:
        if months := [month for month in store.holes.get(table, ()) if month.startswith(f"{year}-")]:
            start, end = store.dataset.cover_of(table)
            facts = {"table": table, "year": year, "covers_from": start, "covers_to": end, "months": months}
            return Why(Reason.NOT_COVERED, facts)
    return None


def doubtful(store: Store, year: int) -> Why | None:
    """What makes the lines of the year too doubtful for a ratio."""
    said = doubts.why_not(store, "sobriety", year)
    return Why(Reason.DONNEES_DOUTEUSES, {"sentence": said}) if said else None


def uncovered(dataset: Dataset, recorded: Container[str], year: int) -> Why | None:
    """Which care of the year is not among the recorded tables, or not covered."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    for table in NEEDED:
        if table not in recorded:
            return Why(Reason.NOT_RECORDED, {"table": table})
        if "coverage" in recorded:  # said patient by patient
            continue
        start, end = dataset.cover_of(table)
        if start > first or end < last:
            period = {"covers_from": start, "covers_to": end}
            return Why(Reason.NOT_COVERED, {"table": table, "year": year} | period)
    return None


def nobody(store: Store, year: int) -> Why | None:
    """Where coverage is said patient by patient: there is no patient whose deliveries are known on every day of the year."""
    days = {"first": dates.to_day(date(year, 1, 1)), "last": dates.to_day(date(year, 12, 31)), "care": DELIVERED}
    if not store.covers_by_patient or store.engine().fetch(ANYBODY, days).num_rows:
        return None
    return Why(Reason.NOT_COVERED, {"table": "deliveries", "year": year, "nobody": True})


def nearest_year(store: Store, year: int) -> int | None:
    """The calendar year nearest to this one in which all that is needed is covered; None when there is none."""
    covers = [store.dataset.cover_of(table) for table in NEEDED]
    start, end = max(first for first, _ in covers), min(last for _, last in covers)
    first = start.year + ((start.month, start.day) != (1, 1))
    last = end.year - ((end.month, end.day) != (12, 31))
    whole = [one for one in range(first, last + 1) if store.covers_by_patient or not _lacking(store, one)]
    return min(whole, key=lambda one: (abs(one - year), -one), default=None)


def amounts(store: Store, year: int) -> tuple[bool, bool]:
    """Was anything delivered in the year, and has any of it an amount? Nothing at all is a spend of zero, not a source
    without amounts."""
    engine = store.engine()
    days = {"first": dates.to_day(date(year, 1, 1)), "last": dates.to_day(date(year, 12, 31))}
    priced = engine.fetch(AMOUNTS + " and base_cents is not null limit 1", days).num_rows > 0
    return priced or engine.fetch(AMOUNTS + " limit 1", days).num_rows > 0, priced
