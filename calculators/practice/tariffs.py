"""What an act is paid on a day (`income/metropole.toml`): periods by code, in cents, each with its basis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import pyarrow as pa
from pydantic import Field, model_validator

from calculators import dates, rules
from calculators.practice.acts import Codes, named
from calculators.records.store import Store
from calculators.rules import Basis, Frozen, Rule

FOLDER = Path(__file__).parent / "income"
Block = Literal[
    "consultations", "longues", "snp", "pdsa", "actes", "forfait", "missions", "interessement", "aides"
]  # fmt: skip
BLOCKS: tuple[Block, ...] = (
    *("consultations", "longues", "snp", "pdsa", "actes"),
    *("forfait", "missions", "interessement", "aides"),
)
Euros = Annotated[Decimal, Field(ge=0, le=200_000, decimal_places=2)]


class Period(Frozen):
    """What it is paid from one day to another, both included."""

    from_: date = Field(alias="from")
    to: date | None = None
    euros: Euros
    basis: Basis

    @property
    def cents(self) -> int:
        return int(self.euros * 100)


class Tariff(Frozen):
    """An act. `scope`: would a capitation of the list replace it? `tele`: is it a teleconsultation? `majoration`: is it
    added to an act, and no act of its own?"""

    label: str
    block: Block
    system: Literal["ngap", "ccam"] = "ngap"
    prs_nat: tuple[str, ...] = ()
    scope: bool = False
    tele: bool = False
    majoration: bool = False
    periods: tuple[Period, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        for one, following in zip(self.periods, self.periods[1:], strict=False):
            if one.to is None or one.to >= following.from_:
                raise ValueError(f"la période du {one.from_} doit finir avant celle du {following.from_}")
        return self

    def on(self, day: date) -> Period | None:
        """What holds on a day."""
        return next((one for one in self.periods if one.from_ <= day and (one.to is None or day <= one.to)), None)

    def codes(self, letter: str) -> Codes:
        """Its codes in every nomenclature."""
        return Codes(**{self.system: (letter,)}, prs_nat=self.prs_nat)


class Mission(Frozen):
    """What a thing that the doctor said of his practice is paid a year."""

    label: str
    fact: str
    from_: date = Field(alias="from")
    euros: Euros
    euros_in_zip: Euros | None = None
    basis: Basis


class Possible(Frozen):
    """A code that no act of the year carries, and the acts that it may be added to."""

    label: str
    code: str
    of: tuple[str, ...]


class WhatIf(Frozen):
    """An act more for each patient of a list, possibly in the place of another."""

    label: str
    code: str
    instead_of: str | None = None
    list: str


class Tariffs(Rule):
    """The whole file."""

    tariff: dict[str, Tariff]
    mission: dict[str, Mission]
    possible: dict[str, Possible]
    what_if: dict[str, WhatIf]

    @model_validator(mode="after")
    def _known(self) -> Self:
        named = [code for one in self.what_if.values() for code in (one.code, one.instead_of) if code]
        named += [code for one in self.possible.values() for code in (one.code, *one.of)]
        for code in named:
            if code not in self.tariff:
                raise ValueError(f"« {code} » n’a pas de tarif ; {rules.suggest(code, list(self.tariff)).rstrip('.')}")
        return self


@dataclass(frozen=True)
class Priced:
    """One period of one code, under the number that the steps give it."""

    number: int
    letter: str
    tariff: Tariff
    period: Period


@cache
def tariffs(name: str = "metropole") -> Tariffs:
    """Tariffs that ship. Raises RuleError."""
    return rules.load(FOLDER / f"{name}.toml", Tariffs)


def periods(known: Tariffs) -> list[Priced]:
    """Every period of every code; its place is its number."""
    rows = [(letter, one, period) for letter, one in known.tariff.items() for period in one.periods]
    return [Priced(number, *row) for number, row in enumerate(rows)]


def letters(known: Tariffs) -> dict[str, Codes]:
    """Codes of every act, by letter."""
    return {letter: one.codes(letter) for letter, one in known.tariff.items()}


def tariff_table(store: Store, known: Tariffs) -> pa.Table:
    """act, tariff, unit_cents, scope, from_day, to_day: the periods of the acts of a store."""
    acts = named(store, letters(known)).to_pylist()
    rows = [row for one in periods(known) for row in _rows(one, acts)]
    kinds = [("act", pa.int32()), ("tariff", pa.int32()), ("unit_cents", pa.int32()), ("scope", pa.int32())]
    return pa.Table.from_pylist(rows, schema=pa.schema([*kinds, ("from_day", pa.int32()), ("to_day", pa.int32())]))


def _rows(one: Priced, acts: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    last = dates.OPEN_END if one.period.to is None else dates.to_day(one.period.to)
    for act in acts:
        if act["name"] == one.letter:
            yield {
                "act": act["act"], "tariff": one.number, "unit_cents": one.period.cents,
                "scope": int(one.tariff.scope), "from_day": dates.to_day(one.period.from_), "to_day": last,
            }  # fmt: skip
