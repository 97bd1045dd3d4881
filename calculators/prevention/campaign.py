"""Vaccination campaigns: those published, and a default for the other years."""

from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from calculators.rules import Frozen, Reference, load

HERE = Path(__file__).parent


class Campaign(Frozen):
    """First and last day of one campaign, both included."""

    opens: date
    closes: date


class DayOfYear(Frozen):
    """Opening and closing day (MM-DD) when nothing was published."""

    opens: str = Field(pattern=r"^\d\d-\d\d$")
    closes: str = Field(pattern=r"^\d\d-\d\d$")


class Campaigns(Frozen):
    """`campaigns.toml`. The campaign of a year is the one that opens in it."""

    reference: tuple[Reference, ...] = Field(min_length=1)
    default: DayOfYear
    campaign: tuple[Campaign, ...]

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for one in self.campaign:
            if one.closes < one.opens:
                raise ValueError(f"la campagne du {one.opens} ferme avant d’ouvrir (closes = {one.closes})")
        for one, following in pairwise(sorted(self.campaign, key=lambda campaign: campaign.opens)):
            if following.opens <= one.closes:
                raise ValueError(f"la campagne du {following.opens} ouvre avant la fin de celle du {one.opens}")
        return self

    def of_year(self, year: int) -> Campaign:
        published = {campaign.opens.year: campaign for campaign in self.campaign}
        return published.get(year) or Campaign(
            opens=date.fromisoformat(f"{year}-{self.default.opens}"),
            closes=date.fromisoformat(f"{year + 1}-{self.default.closes}"),
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


@cache
def load_campaigns() -> Campaigns:
    """The campaigns of this package."""
    return load(HERE / "campaigns.toml", Campaigns)
