"""What is taken when nobody chooses (`defaults.toml`): sets, agreements and scenarios by their ids."""

from functools import cache
from pathlib import Path

from pydantic import Field

from calculators.rules import Frozen, load


class Prevention(Frozen):
    """Set judged by default, and set of the peers that ship; sets that make lists of a practice."""

    set: str
    peers: str
    key_ages: str
    key_ages_variants: dict[str, str]
    unpaid: str


class Forfait(Frozen):
    """Agreements in force, compared and tried by default; `defaults.toml` says what each is for."""

    in_force: tuple[str, ...] = Field(min_length=1)
    compared_with: str
    drafts: tuple[str, str, str]
    in_sight: tuple[str, ...]
    affirmed: str
    counted: str


class Defaults(Frozen):
    """The whole file."""

    prevention: Prevention
    forfait: Forfait


@cache
def defaults() -> Defaults:
    """The defaults that ship."""
    return load(Path(__file__).with_name("defaults.toml"), Defaults)
