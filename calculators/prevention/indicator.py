"""Shape of the prevention rule files: indicators and sets. A closed vocabulary: an unknown key is an error.

A set names its indicators by file stem, which is their id. For the set `S` and the indicator `X` the first file found
decides: `indicators/S/X.toml` (what this set words differently), `indicators/X.toml`, both beside the set's folder,
then the same two places of this package.

An indicator may bring codes of its own (`[codes.x]`), for itself alone. A name that the common codes or another indicator
of the set has too is an error: a reader could not tell which of the two is counted.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from calculators.prevention.codes import CodeList, load_codes
from calculators.prevention.example import AldNumber, Example
from calculators.rules import Basis, Frozen, Reference, Rule, RuleError, load, suggest

HERE = Path(__file__).parent

Family = Literal["vaccination", "depistage", "suivi"]
State = Literal["propose", "en_vigueur", "retire"]
Contact = Literal["vaccination", "prelevement", "depistage", "examen_enfant", "dentiste"]
"""What one contact settles together: one vaccination visit, one sample at the laboratory…"""
AgeOn = Literal["year_end", "as_of"]
Positive = Annotated[int, Field(gt=0)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]
"""One name of a code list, or several that count alike."""


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


class Parameter(Frozen):
    """An open point of the text: what we chose, what else could be meant."""

    name: str
    chosen: str
    alternative: str
    basis: Basis


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
    codes: dict[str, CodeList] = Field(default_factory=dict)
    """Codes that it brings along, beside the common ones."""
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

    def counted(self) -> Iterator[Recorded | Requirement]:
        """Everything it counts."""
        for entry in (*self.eligible, *self.excluded):
            yield from (entry.recorded,) if entry.recorded else ()
        for population in self.eligible:
            yield from self.requirements(population)


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
    """A set with its indicators and codes loaded, in the order of the set; indicators `added` beside it come last."""

    id: str
    label: str
    age_on: AgeOn
    unpaid: tuple[str, ...]
    state: State
    valid_from: date | None
    reference: tuple[Reference, ...]
    codes_file: str
    """Name of the file of the common codes."""
    indicators: tuple[Indicator, ...] = ()
    codes: dict[str, CodeList]
    """The common ones and those the indicators bring along."""
    added: tuple[str, ...] = ()
    """Ids of the indicators that are not of the set: judged beside it, never paid, never among its number."""

    def indicator(self, id_: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.id == id_)

    @property
    def own(self) -> tuple[Indicator, ...]:
        """The indicators of the set itself."""
        return tuple(indicator for indicator in self.indicators if indicator.id not in self.added)

    @property
    def paid(self) -> list[str]:
        return [indicator.id for indicator in self.own if indicator.id not in self.unpaid]

    def alone(self, indicator: Indicator, file: str) -> "IndicatorSet":
        """This indicator as the set would judge it, with the common codes and the age of the set. Raises RuleError."""
        bare = self.model_copy(update={"indicators": (), "codes": self._common, "unpaid": (), "added": ()})
        return bare.joined_by(indicator, file)

    def with_added(self, given: Mapping[Path, Indicator]) -> "IndicatorSet":
        """The set, and beside it the indicators of these files. Raises RuleError when one of them has the id of another
        indicator, or codes that clash or are not known."""
        rules = self
        for path, indicator in given.items():
            if any(one.id == indicator.id for one in rules.indicators):
                raise RuleError(
                    f"Fichier « {path} » : l’indicateur « {indicator.id} » est déjà jugé avec le jeu « {self.label} » ; "
                    "pour le juger à côté, donnez un autre nom au fichier et à « id »."
                )
            rules = rules.joined_by(indicator, path.name)
            rules = rules.model_copy(update={"added": (*rules.added, indicator.id)})
        return rules

    def joined_by(self, indicator: Indicator, file: str) -> "IndicatorSet":
        """The set with one more indicator. Raises RuleError when its codes clash with others, or are not known."""
        for name in indicator.codes:
            if name in self.codes:
                raise RuleError(
                    f"Fichier « {file} » : les codes « {name} » sont déjà définis dans « {self._file_of(name)} » ; "
                    "donnez-leur un autre nom."
                )
        _check_codes(indicator, self._common | indicator.codes, file)
        joined = {"indicators": (*self.indicators, indicator), "codes": self.codes | indicator.codes}
        return self.model_copy(update=joined)

    @property
    def _common(self) -> dict[str, CodeList]:
        """The codes that no indicator brings along."""
        brought = {name for one in self.indicators for name in one.codes}
        return {name: codes for name, codes in self.codes.items() if name not in brought}

    def _file_of(self, codes: str) -> str:
        return next((f"{one.id}.toml" for one in self.indicators if codes in one.codes), self.codes_file)


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
    codes_path = path.parent / written.codes if written.codes else HERE / "codes.toml"
    own = {key: getattr(written, key) for key in SetFile.model_fields if key not in ("indicators", "codes")}
    rules = IndicatorSet(**own, codes_file=codes_path.name, codes=load_codes(codes_path))
    for indicator_id in written.indicators:
        rules = rules.joined_by(*_indicator_of(path, written.id, indicator_id))
    return rules


def load_indicator(path: Path) -> Indicator:
    """One indicator file, whose name is its id. Raises RuleError (French)."""
    indicator = load(path, Indicator)
    if indicator.id != path.stem:
        raise RuleError(f"Fichier « {path.name} » : « id » vaut « {indicator.id} », « {path.stem} » est attendu.")
    return indicator


def _indicator_of(set_path: Path, set_id: str, name: str) -> tuple[Indicator, str]:
    """An indicator of a set and the name of its file."""
    roots = (set_path.parent.parent / "indicators", HERE / "indicators")
    places = [root / part for root in roots for part in (set_id, "")]
    found = [place / f"{name}.toml" for place in places if (place / f"{name}.toml").exists()]
    if not found:
        known = sorted({file.stem for place in places for file in place.glob("*.toml")})
        raise RuleError(f"Fichier « {set_path.name} » : l’indicateur « {name} » n’existe pas ; {suggest(name, known)}")
    path = found[0]
    indicator = load_indicator(path)
    common = path.parent.parent / path.name
    if common in found:
        _check_one_in_force(indicator, load(common, Indicator), path)
    return indicator, path.name


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


def _check_codes(indicator: Indicator, codes: Mapping[str, CodeList], file: str) -> None:
    for name in (name for counted in indicator.counted() for name in counted.codes):
        if name not in codes:
            raise RuleError(f"Fichier « {file} » : code « {name} » inconnu ; {suggest(name, sorted(codes))}")
