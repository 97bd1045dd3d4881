"""Vaccination campaigns, one list per vaccine: those published, and a default for the other years.

A window of kind `campaign` says which list with its key `vaccine`; without it, the list that the file calls `usual`. That
is what a rule written before there were several lists meant, and what one of a reader who knows of one campaign means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from calculators.rules import Frozen, Reference, load

HERE = Path(__file__).parent


class Published(Frozen):
    """A day, and the source that gives it."""

    on: date
    source: str


class Opened(Frozen):
    """First and last day of one campaign as a file says them, both included."""

    opens: Published
    closes: Published


class Vaccine(Frozen):
    """The campaigns of one vaccine."""

    label: str = Field(min_length=1)
    campaign: tuple[Opened, ...] = ()


class DayOfYear(Frozen):
    """Opening and closing day (MM-DD) when nothing was published."""

    opens: str = Field(pattern=r"^\d\d-\d\d$")
    closes: str = Field(pattern=r"^\d\d-\d\d$")
    source: str


@dataclass(frozen=True)
class Campaign:
    """One campaign: first and last day, both included, each with its source."""

    opens: date
    closes: date
    opens_source: Reference
    closes_source: Reference

    @property
    def supposed(self) -> bool:
        """Is one of its two days a hypothesis?"""
        return "hypothese" in (self.opens_source.basis, self.closes_source.basis)


@dataclass(frozen=True)
class Calendar:
    """The campaigns of one vaccine, year after year: the campaign of a year is the one that opens in it."""

    vaccine: str
    label: str
    published: Mapping[int, Campaign]
    default: DayOfYear
    source: Reference
    """Of the default days."""

    def of_year(self, year: int) -> Campaign:
        return self.published.get(year) or Campaign(
            date.fromisoformat(f"{year}-{self.default.opens}"),
            date.fromisoformat(f"{year + 1}-{self.default.closes}"),
            self.source,
            self.source,
        )

    def current(self, as_of: date) -> Campaign:
        """The campaign that last opened on or before that day (it may have closed since)."""
        this_year = self.of_year(as_of.year)
        return this_year if this_year.opens <= as_of else self.of_year(as_of.year - 1)

    def following(self, as_of: date) -> Campaign:
        """The first campaign that opens after that day."""
        return self.of_year(self.current(as_of).opens.year + 1)

    def is_open(self, as_of: date) -> bool:
        return as_of <= self.current(as_of).closes

    def is_late(self, as_of: date) -> bool:
        """Is it the part of a season that a judgement on 31 December does not see: after that day, the campaign still
        open, or January and February?"""
        season = self.current(as_of)
        return as_of.year > season.opens.year and (as_of <= season.closes or as_of.month <= 2)


class Campaigns(Frozen):
    """`campaigns.toml`. `usual`: the list of a window that names no vaccine."""

    usual: str
    default: DayOfYear
    source: dict[str, Reference] = Field(min_length=1)
    vaccine: dict[str, Vaccine] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.usual not in self.vaccine:
            raise ValueError(f"« usual » nomme « {self.usual} », qui n’est pas dans « vaccine »")
        named = [day.source for one in self.vaccine.values() for c in one.campaign for day in (c.opens, c.closes)]
        if unknown := {*named, self.default.source} - set(self.source):
            raise ValueError(f"source non décrite : {', '.join(sorted(unknown))}")
        for vaccine in self.vaccine.values():
            _check_one_at_a_time(vaccine)
        return self

    def of(self, vaccine: str | None = None) -> Calendar:
        """The campaigns of a vaccine, of the usual one without."""
        name = vaccine or self.usual
        listed = self.vaccine[name]
        published = {one.opens.on.year: self._campaign(one) for one in listed.campaign}
        return Calendar(name, listed.label, published, self.default, self.source[self.default.source])

    def _campaign(self, one: Opened) -> Campaign:
        return Campaign(one.opens.on, one.closes.on, self.source[one.opens.source], self.source[one.closes.source])


def _check_one_at_a_time(vaccine: Vaccine) -> None:
    for one in vaccine.campaign:
        if one.closes.on < one.opens.on:
            raise ValueError(f"la campagne du {one.opens.on} ferme avant d’ouvrir (closes = {one.closes.on})")
    for one, following in pairwise(sorted(vaccine.campaign, key=lambda campaign: campaign.opens.on)):
        if following.opens.on <= one.closes.on:
            raise ValueError(f"la campagne du {following.opens.on} ouvre avant la fin de celle du {one.opens.on}")


@cache
def load_campaigns() -> Campaigns:
    """The campaigns of this package."""
    return load(HERE / "campaigns.toml", Campaigns)
