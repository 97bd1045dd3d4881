"""Shape of the prevention rule files: codes, indicators, sets. A closed vocabulary: an unknown key is an error.

A set names its indicators by file stem, which is their id. For the set `S` and the indicator `X` the first file found
decides: `indicators/S/X.toml` (what this set words differently), `indicators/X.toml`, both beside the set's folder,
then the same two places of this package.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from calculators.rules import Frozen, Reference, Rule, RuleError, load, read_toml, suggest, validate

HERE = Path(__file__).parent
SYSTEMS = ("nabm", "ccam", "ngap", "prs_nat", "lpp", "declared", "atc", "cip13")
DRUG_SYSTEMS = ("atc", "cip13")

Family = Literal["vaccination", "depistage", "suivi"]
State = Literal["propose", "en_vigueur", "retire"]
Contact = Literal["vaccination", "prelevement", "depistage", "examen_enfant", "dentiste"]
"""What one contact settles together: one vaccination visit, one sample at the laboratory…"""
AgeOn = Literal["year_end", "as_of"]
Positive = Annotated[int, Field(gt=0)]
AldNumber = Annotated[int, Field(ge=1, le=32)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]
"""One name of `codes.toml`, or several that count alike."""


class CodeList(Frozen):
    """Codes of one act or drug. ATC codes are prefixes, all others exact."""

    label: str
    nabm: tuple[str, ...] = ()
    ccam: tuple[str, ...] = ()
    ngap: tuple[str, ...] = ()
    prs_nat: tuple[str, ...] = ()
    lpp: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    cip13: tuple[str, ...] = ()
    names: dict[str, str] = Field(default_factory=dict)
    """Label of each code, as published."""
    reference: tuple[Reference, ...] = ()
    note: str = ""

    def codes(self) -> Iterator[tuple[str, str]]:
        """(system, code) pairs."""
        return ((system, code) for system in SYSTEMS for code in getattr(self, system))


class Bounds(Frozen):
    """Ages in completed years, both ends included."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min dépasse max")
        return self


class Age(Frozen):
    """An exact age in one unit: days, months (`add_months`) or years (the birthday)."""

    days: int | None = Field(default=None, ge=0)
    months: int | None = Field(default=None, ge=0)
    years: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum(value is not None for value in (self.days, self.months, self.years)) != 1:
            raise ValueError("donnez une seule unité parmi days, months, years")
        return self

    @property
    def in_days(self) -> float:
        return (self.days or 0) + (self.months or 0) * 365.25 / 12 + (self.years or 0) * 365.25


class Rolling(Frozen):
    kind: Literal["rolling"]
    months: Positive


class CalendarYear(Frozen):
    kind: Literal["calendar_year"]


class CampaignWindow(Frozen):
    kind: Literal["campaign"]


class SinceBirth(Frozen):
    kind: Literal["since_birth"]


class SinceAge(Frozen):
    kind: Literal["since_age"]
    years: int = Field(ge=0)


class SinceDate(Frozen):
    kind: Literal["since_date"]
    date: date


class BetweenAges(Frozen):
    kind: Literal["between_ages"]
    start: Age = Field(alias="from")
    end: Age = Field(alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start.in_days >= self.end.in_days:
            raise ValueError("fenêtre impossible : « from » n’est pas avant « to »")
        return self


Window = Annotated[
    Rolling | CalendarYear | CampaignWindow | SinceBirth | SinceAge | SinceDate | BetweenAges,
    Field(discriminator="kind"),
]


class Recorded(Frozen):
    """At least `count` distinct dates among the codes within the window: the one thing rules count."""

    codes: Names
    count: Positive = 1
    window: Window


class Requirement(Frozen):
    """What must be found. Requirements sharing a `group` are alternatives; all others are needed."""

    label: str
    codes: Names
    count: Positive = 1
    window: Window
    age_at_act: Bounds | None = None
    min_interval_days: Positive | None = None
    exists_since: date | None = None
    group: str | None = None


class Criteria(Frozen):
    """All that is given must hold; what the record does not say gives unknown."""

    label: str
    sex: Literal["F", "M"] | None = None
    age: Bounds | None = None
    ald: tuple[AldNumber, ...] = ()
    c2s: bool | None = None
    recorded: Recorded | None = None


class Population(Criteria):
    """An entry of `eligible`, possibly with its own requirements."""

    done: tuple[Requirement, ...] = ()


class Example(Frozen):
    """A case worked by hand, run as a test; tests/prevention/test_examples.py says how its keys are read."""

    name: str
    as_of: date
    patient: dict[str, Any]
    acts: tuple[dict[str, Any], ...] = ()
    expect: dict[str, Any]


class Parameter(Frozen):
    """An open point of the text: what we chose, what else could be meant."""

    name: str
    chosen: str
    alternative: str
    basis: Literal["texte", "officiel", "presse", "hypothese"]


class Indicator(Rule):
    """One preventive act: for whom, unless what, and what counts as done."""

    family: Family
    why: str
    valid_from: date
    valid_to: date | None = None
    state: State = "en_vigueur"
    contact: Contact | None = None
    asked_by: tuple[str, ...] = ()
    endorsed_by: tuple[str, ...] = ()
    national_rate: float | None = Field(default=None, ge=0, le=100)
    """Percent, in the slides of 14 March 2024."""
    beyond_claims: str = ""
    """What part of the acts never reaches the claims, if any."""
    parameter: tuple[Parameter, ...] = ()
    eligible: tuple[Population, ...] = Field(min_length=1)
    excluded: tuple[Criteria, ...] = ()
    done: tuple[Requirement, ...] = ()
    example: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _everyone_has_requirements(self) -> Self:
        if not self.done and not all(population.done for population in self.eligible):
            raise ValueError("il faut [[done]], ou « done » dans chaque entrée [[eligible]]")
        return self

    @model_validator(mode="after")
    def _holds_for_a_while(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"« valid_to » ({self.valid_to}) est avant « valid_from » ({self.valid_from})")
        return self

    def requirements(self, population: Population) -> tuple[Requirement, ...]:
        return population.done or self.done


class SetFile(Frozen):
    """A set file as written."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    label: str
    age_on: AgeOn = "year_end"
    indicators: tuple[str, ...] = Field(min_length=1)
    codes: str | None = None
    unpaid: tuple[str, ...] = ()
    state: State = "en_vigueur"
    valid_from: date | None = None
    reference: tuple[Reference, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.indicators)) != len(self.indicators):
            raise ValueError("un indicateur est cité deux fois")
        if unknown := set(self.unpaid) - set(self.indicators):
            raise ValueError(f"« unpaid » cite {', '.join(sorted(unknown))}, absent de « indicators »")
        return self


class IndicatorSet(Frozen):
    """A set with its indicators and codes loaded, in the order of the set."""

    id: str
    label: str
    age_on: AgeOn
    unpaid: tuple[str, ...]
    state: State
    valid_from: date | None
    reference: tuple[Reference, ...]
    indicators: tuple[Indicator, ...]
    codes: dict[str, CodeList]

    def indicator(self, id_: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.id == id_)

    @property
    def paid(self) -> list[str]:
        return [indicator.id for indicator in self.indicators if indicator.id not in self.unpaid]


MOST_PAID = 15
"""The insurer's slides of 2022 promise at most that many: beyond it, a warning."""


def available_sets() -> list[str]:
    """Ids of the sets of this package."""
    return sorted(path.stem for path in (HERE / "sets").glob("*.toml"))


def load_set(name: str | Path) -> IndicatorSet:
    """Load a set of this package by id, or any set by the path of its file. Raises RuleError (French)."""
    path = Path(name)
    if path.suffix != ".toml":
        path = HERE / "sets" / f"{name}.toml"
        if not path.exists():
            raise RuleError(f"Le jeu d’indicateurs « {name} » n’existe pas ; {suggest(str(name), available_sets())}")
    path = path.resolve()
    written = load(path, SetFile)
    codes = load_codes(path.parent / written.codes if written.codes else HERE / "codes.toml")
    indicators = tuple(_load_indicator(path, written.id, name, codes) for name in written.indicators)
    own = {key: getattr(written, key) for key in SetFile.model_fields if key not in ("indicators", "codes")}
    return IndicatorSet(**own, indicators=indicators, codes=codes)


def load_codes(path: Path) -> dict[str, CodeList]:
    """Named code lists of a `codes.toml`."""
    return {name: validate(content, CodeList, f"{path.name} [{name}]") for name, content in read_toml(path).items()}


def _load_indicator(set_path: Path, set_id: str, name: str, codes: dict[str, CodeList]) -> Indicator:
    roots = (set_path.parent.parent / "indicators", HERE / "indicators")
    places = [root / part for root in roots for part in (set_id, "")]
    found = [place / f"{name}.toml" for place in places if (place / f"{name}.toml").exists()]
    if not found:
        known = sorted({file.stem for place in places for file in place.glob("*.toml")})
        raise RuleError(f"Fichier « {set_path.name} » : l’indicateur « {name} » n’existe pas ; {suggest(name, known)}")
    path = found[0]
    indicator = load(path, Indicator)
    if indicator.id != name:
        raise RuleError(f"Fichier « {path.name} » : « id » vaut « {indicator.id} », « {name} » est attendu.")
    _check_codes(indicator, codes, path)
    common = path.parent.parent / path.name
    if common in found:
        _check_one_in_force(indicator, load(common, Indicator), path)
    return indicator


def _check_one_in_force(own: Indicator, common: Indicator, path: Path) -> None:
    """A set may word an indicator differently; two wordings in force on one day would leave the reader in doubt."""
    if own.state != "en_vigueur" or common.state != "en_vigueur":
        return
    if own.valid_from <= (common.valid_to or date.max) and common.valid_from <= (own.valid_to or date.max):
        raise RuleError(
            f"Fichier « {path.parent.name}/{path.name} » : « valid_from » ({own.valid_from}) chevauche la version commune "
            f"« {path.name} », en vigueur elle aussi depuis le {common.valid_from} ; donnez « valid_to » à la plus "
            "ancienne, ou « state » = 'propose' ou 'retire' à l’une des deux."
        )


def _check_codes(indicator: Indicator, codes: dict[str, CodeList], path: Path) -> None:
    for name in _codes_named(indicator):
        if name not in codes:
            raise RuleError(f"Fichier « {path.name} » : code « {name} » inconnu ; {suggest(name, sorted(codes))}")


def _codes_named(indicator: Indicator) -> Iterator[str]:
    for entry in (*indicator.eligible, *indicator.excluded):
        yield from entry.recorded.codes if entry.recorded else ()
    for population in indicator.eligible:
        for requirement in indicator.requirements(population):
            yield from requirement.codes
