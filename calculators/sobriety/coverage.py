"""Can the ratio of a year be computed from this source at all? Answers are French sentences, empty when it can."""

from datetime import date
from typing import Literal

from calculators import dates
from calculators.records.store import Store

NAMES: dict[Literal["acts", "deliveries"], str] = {"acts": "actes", "deliveries": "délivrances"}
AMOUNTS = "select 1 as found from deliveries where day >= :first and day <= :last"


def problem(store: Store, year: int) -> str:
    """Why nobody's ratio of the year can be computed: care not recorded, not covered, without amounts."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    for table, name in NAMES.items():
        if not store.is_recorded(table):
            return f"La source n’enregistre pas les {name}."
        start, end = store.dataset.cover_of(table)
        if start > first or end < last:
            return f"Les {name} ne couvrent pas toute l’année {year} : du {start:%d/%m/%Y} au {end:%d/%m/%Y}."
    return "" if _has_amounts(store, first, last) else "Les délivrances de la source n’ont pas de montant."


def unknown_rights(ald: int, c2s: int) -> str:
    """Says which rights are not recorded, for how many faithful patients; empty when all are."""
    missing = [f"{name} non renseignée pour {faithful(count)}" for name, count in (("ALD", ald), ("C2S", c2s)) if count]
    return " ; ".join(missing) + "." if missing else ""


def faithful(count: int) -> str:
    """« 1 patient fidèle », « 2 patients fidèles »."""
    return f"{count} patient fidèle" if count < 2 else f"{count} patients fidèles"


def _has_amounts(store: Store, first: date, last: date) -> bool:
    """Nothing delivered at all is a spend of zero, not a source without amounts."""
    engine, days = store.engine(), {"first": dates.to_day(first), "last": dates.to_day(last)}
    priced = engine.fetch(AMOUNTS + " and base_cents is not null limit 1", days)
    return bool(priced.num_rows) or not engine.fetch(AMOUNTS + " limit 1", days).num_rows
