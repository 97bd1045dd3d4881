"""Where the amounts of a store come from: the source, or boxes times the price of the drug reference, and of which year."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from calculators import french
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

    def sentence(self) -> str:
        """What has to stand beside an amount, in French; empty when every amount is the source's own."""
        if self.share is None or not (self.from_reference or self.without):
            return ""
        if not (self.from_source or self.from_reference):
            return "Aucune délivrance n’a de montant : chargez une base de médicaments (« tableau-mt drugs load »)."
        said = f"Montants connus pour {french.percent(self.share)} des lignes de délivrance"
        return f"{said}{self._of_reference()}."

    def _of_reference(self) -> str:
        if not self.from_reference:
            return ""
        priced = self.from_reference / (self.from_source + self.from_reference)
        whose = "prix" if priced == 1 else f"dont {french.percent(priced)} aux prix"
        years = sorted({year for year in (self.first_year, self.last_year) if year is not None})
        when = "de " + " à ".join(map(str, years)) if years else "d’une année non dite"
        return f", {whose} de la base de médicaments {when}"


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
