"""What prescriptions weigh beside their cost: stock beyond need, and one order of magnitude in CO2e, with its limits."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from calculators import dates
from calculators.engine import sql_text
from calculators.pertinence.codes import load_codes
from calculators.pertinence.rule_tables import code_tables, table
from calculators.pertinence.settings import Section
from calculators.records.store import Store
from calculators.rules import Frozen, load

PACKAGE = "calculators.pertinence"


class Carbon(Section):
    megatonnes: float = Field(gt=0)
    billion_euros: float = Field(gt=0)
    limits: str = Field(min_length=1)

    @property
    def kilos_per_euro(self) -> float:
        return self.megatonnes / self.billion_euros


class Stock(Section):
    """`codes`: treatments whose packs last as long as they say, one a day; of what is taken as needed no need is known."""

    dates_from: int = Field(ge=2)
    codes: str
    limits: str = Field(min_length=1)


class Rules(Frozen):
    """`objective`: the number of the one whose measures are told beside."""

    objective: int
    carbon: Carbon
    stock: Stock


@cache
def rules() -> Rules:
    """The numbers. Raises RuleError (French)."""
    return load(Path(__file__).with_name("environment.toml"), Rules)


@dataclass(frozen=True)
class Environment:
    """Of a doctor in a year: `cents` prescribed to his list, tonnes of CO2e at most (both null where no line has an amount;
    `priced_share`: of the lines that have one, null where there is no line); boxes beyond need among those of
    long-term treatments whose length is known, null where the record does not tell the length of packs (`lacking`)."""

    cents: int | None
    tonnes: float | None
    surplus_boxes: float | None
    chronic_boxes: int
    lacking: str
    priced_share: float | None


def environment(store: Store, year: int, doctor: str) -> Environment:
    """What is counted on the list of 31 December."""
    engine, known = store.engine(), rules()
    last = dates.to_day(date(year, 12, 31))
    params = {"day": last, "first": dates.to_day(date(year, 1, 1)), "last": last, "dates_from": known.stock.dates_from}
    engine.view("asked", table("doctor", [(store.doctor(doctor).key,)]))
    engine.step("listed", sql_text(PACKAGE, "avoid_list"), params)
    cents, share = _cents(engine.fetch(sql_text(PACKAGE, "own_cents"), params).to_pylist())
    tonnes = None if cents is None else cents / 100 * known.carbon.kilos_per_euro / 1000
    if lacking := store.lacking("drugs.pack_days"):
        return Environment(cents, tonnes, None, 0, lacking[0], share)
    for name, made in code_tables({known.stock.codes: load_codes()[known.stock.codes]}).items():
        engine.view(name, made)
    engine.step("drug_lists", sql_text(PACKAGE, "drug_lists"))
    rows = engine.fetch(sql_text(PACKAGE, "chronic_supplies"), params).to_pylist()
    return Environment(cents, tonnes, surplus(rows), sum(row["boxes"] for row in rows), "", share)


def _cents(found: list[dict[str, int]]) -> tuple[int | None, float | None]:
    """What was prescribed, and the share of its lines that have an amount."""
    cents, lines, unpriced = (sum(row[name] for row in found) for name in ("cents", "lines", "unpriced"))
    return (None if lines and unpriced == lines else cents), (1 - unpriced / lines if lines else None)


def surplus(rows: list[dict[str, int]]) -> float:
    """Boxes delivered beyond need: the days supplied before the last delivery, less those elapsed, in boxes."""
    found = 0.0
    for row in rows:
        beyond = max(0, row["supplied"] - row["elapsed"])
        found += beyond * row["boxes"] / row["supplied"] if row["supplied"] else 0.0
    return found
