"""DONUM by item: the points a doctor earns with what he says he has (`donum.toml`).

An item is had when it is said to be (`true`), or when its share of use reaches the threshold of the year; before the first
threshold, that one. What is not said is not had. An item without a threshold is had from any share above nothing.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from calculators import rules
from calculators.forfait.values import Rate, Whole
from calculators.rules import Frozen, Reference


class Threshold(Frozen):
    """Share of use to reach, from a year on."""

    from_: int = Field(alias="from")
    share: Rate


class Item(Frozen):
    """One thing to have."""

    label: str
    thresholds: tuple[Threshold, ...] = ()

    def is_had(self, said: str, year: int) -> bool:
        """`said`: true, false, or a share of use from 0 to 1."""
        if said in ("true", "false"):
            return said == "true"
        reached = [one.share for one in self.thresholds if one.from_ <= year]
        need = reached[-1] if reached else self.thresholds[0].share if self.thresholds else None
        return Decimal(said) > 0 if need is None else Decimal(said) >= need


class Group(Frozen):
    """Items worth points together."""

    points: Whole
    items: tuple[str, ...]
    needed: bool = False


class Dotation(Frozen):
    """`donum.toml`."""

    reference: tuple[Reference, ...]
    group: tuple[Group, ...]
    item: dict[str, Item]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if [name for group in self.group for name in group.items] != list(self.item):
            raise ValueError("« group.items » et les tables « item » ne nomment pas les mêmes, dans le même ordre")
        return self

    @property
    def all_points(self) -> int:
        return sum(group.points for group in self.group)


@cache
def dotation() -> Dotation:
    """The items and their points."""
    return rules.load(Path(__file__).with_name("donum.toml"), Dotation)


def points(said: Mapping[str, str], year: int) -> int:
    """Points earned in a year; `said`: item -> true, false or a share."""
    known = dotation()
    had = {name for name, value in said.items() if name in known.item and known.item[name].is_had(value, year)}
    if any(group.needed and not had.issuperset(group.items) for group in known.group):
        return 0
    return sum(group.points for group in known.group if had.issuperset(group.items))


def cents(points: int, ceiling: Decimal) -> int:
    """What points are worth where all of them are worth the ceiling, in euros; half up."""
    return int((ceiling * points * 100 / dotation().all_points).to_integral_value(ROUND_HALF_UP))
