"""Where the amounts of a store come from: the source, or boxes times the price of the drug reference, and of which year."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators import french
from calculators.dates import to_day
from calculators.engine import Params, sql_text
from calculators.records.folder import parquet_files
from calculators.records.store import Store


@dataclass(frozen=True)
class Prices:
    """Delivery lines by where their amount comes from, and the years of the prices used (null: the reference does not
    say)."""

    from_source: int
    from_reference: int
    without: int
    first_year: int | None
    last_year: int | None

    @property
    def share(self) -> float | None:
        """Share of the lines that have an amount; None when there is no line."""
        lines = self.from_source + self.from_reference + self.without
        return (lines - self.without) / lines if lines else None

    @property
    def reference_share(self) -> float | None:
        """Share of the lines with an amount whose amount is boxes times the price of the reference."""
        priced = self.from_source + self.from_reference
        return self.from_reference / priced if priced else None

    def sentence(self) -> str:
        """What has to stand beside an amount, in French; empty when every amount is the source's own."""
        return in_words(self.share, self.reference_share, self.first_year, self.last_year)


def in_words(share: float | None, of_reference: float | None, first_year: int | None, last_year: int | None) -> str:
    """The same from the shares and the years of prices."""
    if share is None or (share == 1 and not of_reference):
        return ""
    if of_reference is None:
        return "Aucune délivrance n’a de montant : chargez une base de médicaments (« tableau-mt drugs load »)."
    said = f"Montants connus pour {french.percent(share)} des lignes de délivrance"
    if not of_reference:
        return f"{said}."
    whose = "prix" if of_reference == 1 else f"dont {french.percent(of_reference)} aux prix"
    years = sorted({year for year in (first_year, last_year) if year is not None})
    when = "de " + " à ".join(map(str, years)) if years else "d’une année non dite"
    return f"{said}, {whose} de la base de médicaments {when}."


OWN = Prices(1, 0, 0, None, None)
"""Every amount is the source's own."""


NONE = Prices(0, 0, 0, None, None)
"""No delivery."""


def by_doctor(store: Store, year: int, always: bool = False) -> dict[int, Prices]:
    """Of the deliveries of a year, by prescriber (key); nobody where every amount is the source's own, unless `always`."""
    if not always and not any(one.not_own for one in store.facts.origins if one.year == year):
        return {}
    days: Params = {"first": to_day(date(year, 1, 1)), "last": to_day(date(year, 12, 31))}
    years = _years(store)
    rows = store.engine().fetch(sql_text("calculators.records", "prices_by_doctor"), days).to_pylist()
    return {row["doctor"]: Prices(row["from_source"], row["from_reference"], row["without"], *years) for row in rows}


def prices_of(store: Store, doctor: int = -1, first: int = -(10**6), last: int = 10**6) -> Prices:
    """Of the deliveries prescribed by a doctor (key, -1: everybody) from a day to another (days since 1970-01-01)."""
    params: Params = {"doctor": doctor, "first": first, "last": last}
    (row,) = store.engine().fetch(sql_text("calculators.records", "prices"), params).to_pylist()
    return Prices(row["from_source"] or 0, row["from_reference"] or 0, row["without"] or 0, *_years(store))


def _years(store: Store) -> tuple[int | None, int | None]:
    found = [pq.read_schema(file) for file in parquet_files(store.folder, "drugs")]
    if not found or any("price_year" not in schema.names for schema in found):
        return None, None
    columns = [pq.ParquetFile(file).read(["price_year"]) for file in parquet_files(store.folder, "drugs")]
    bounds = pc.min_max(pa.concat_tables(columns)["price_year"])
    return bounds["min"].as_py(), bounds["max"].as_py()
