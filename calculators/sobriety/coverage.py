"""Can the ratio of a year be computed from this source at all? Answers are French sentences, empty when it can."""

from collections.abc import Container
from datetime import date
from typing import Literal

from calculators import dates, french
from calculators.records.folder import Dataset
from calculators.records.store import Store

NAMES: dict[Literal["acts", "deliveries"], str] = {"acts": "actes", "deliveries": "délivrances"}
NO_AMOUNTS = "Les délivrances de la source n’ont pas de montant."
AMOUNTS = "select 1 as found from deliveries where day >= :first and day <= :last"


def problem(store: Store, year: int) -> str:
    """Why nobody's ratio of the year can be computed: care not recorded, not covered, without amounts."""
    return uncovered(store.dataset, store.rows, year) or (NO_AMOUNTS if amounts(store, year) == (True, False) else "")


def uncovered(dataset: Dataset, recorded: Container[str], year: int) -> str:
    """Which care of the year is not among the recorded tables, or not covered."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    for table, name in NAMES.items():
        if table not in recorded:
            return f"La source n’enregistre pas les {name}."
        start, end = dataset.cover_of(table)
        if start > first or end < last:
            return f"Les {name} ne couvrent pas toute l’année {year} : du {start:%d/%m/%Y} au {end:%d/%m/%Y}."
    return ""


def unknown_rights(ald: int, c2s: int) -> str:
    """Says which rights are not recorded, for how many faithful patients; empty when all are."""
    missing = [f"{name} non renseignée pour {faithful(count)}" for name, count in (("ALD", ald), ("C2S", c2s)) if count]
    return " ; ".join(missing) + "." if missing else ""


def faithful(count: int) -> str:
    """« 1 patient fidèle », « 2 patients fidèles »."""
    return french.plain(french.count(count, "patient fidèle", "patients fidèles"))


def amounts(store: Store, year: int) -> tuple[bool, bool]:
    """Was anything delivered in the year, and has any of it an amount? Nothing at all is a spend of zero, not a source
    without amounts."""
    engine = store.engine()
    days = {"first": dates.to_day(date(year, 1, 1)), "last": dates.to_day(date(year, 12, 31))}
    priced = engine.fetch(AMOUNTS + " and base_cents is not null limit 1", days).num_rows > 0
    return priced or engine.fetch(AMOUNTS + " limit 1", days).num_rows > 0, priced
