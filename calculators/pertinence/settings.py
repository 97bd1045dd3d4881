"""Numbers that every measure shares (`settings.toml`, `bizone.toml`), each with its reference."""

from functools import cache
from pathlib import Path

from pydantic import Field

from calculators.pertinence.codes import AtcPrefix
from calculators.rules import Frozen, Reference, load

HERE = Path(__file__).parent


class Section(Frozen):
    """Numbers that share one source."""

    reference: Reference


class Statistics(Section):
    z_95: float = Field(gt=0)
    z_998: float = Field(gt=0)
    interval_from: int = Field(ge=1)
    reliability_floor: float = Field(ge=0, le=1)
    minimum_doctors: int = Field(ge=2)
    assumed_tau: float = Field(gt=0)
    zero_believed_from: int = Field(ge=2)


class Molecules(Section):
    dates_from: int = Field(ge=1)
    large_pack_days: int = Field(ge=1)
    large_pack_dates: int = Field(ge=1)


class ReferenceDoctors(Section):
    specialties: tuple[str, ...] = Field(min_length=1)


class Targets(Section):
    default_from: int


class Amounts(Section):
    unpriced_at_most: float = Field(ge=0, lt=1)


class Settings(Frozen):
    statistics: Statistics
    molecules: Molecules
    reference_doctors: ReferenceDoctors
    targets: Targets
    amounts: Amounts


class RelatedClasses(Frozen):
    """Classes always in relation with one ALD."""

    number: int = Field(ge=1, le=32)
    atc: tuple[AtcPrefix, ...] = Field(min_length=1)


class Bizone(Frozen):
    reference: Reference
    ald: tuple[RelatedClasses, ...] = Field(min_length=1)


@cache
def settings() -> Settings:
    """The shipped numbers. Raises RuleError in French."""
    return load(HERE / "settings.toml", Settings)


@cache
def bizone() -> Bizone:
    """The table of ALD and classes. Raises RuleError in French."""
    return load(HERE / "bizone.toml", Bizone)
