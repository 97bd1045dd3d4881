"""Shape of the prevention rule files: indicators and sets. A closed vocabulary: an unknown key is an error.

A set names its indicators by file stem, which is their id. For the set `S` and the indicator `X` the first file found
decides: `indicators/S/X.toml` (what this set words differently), `indicators/X.toml`, both beside the set's folder,
then the same two places of this package.

An indicator may bring codes of its own (`[codes.x]`), for itself alone. A name that the common codes or another indicator
of the set has too is an error: a reader could not tell which of the two is counted.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from calculators import life
from calculators.life import Endorsement, Evidence, State, Step
from calculators.prevention.campaign import Calendar, load_campaigns
from calculators.prevention.codes import DRUG_SYSTEMS, CodeList, load_codes
from calculators.prevention.example import AldNumber, Example
from calculators.rules import Basis, Frozen, Reference, Rule, RuleError, load, suggest

HERE = Path(__file__).parent

Family = Literal["vaccination", "depistage", "suivi"]
Contact = Literal["vaccination", "prelevement", "depistage", "examen_enfant", "dentiste"]
"""What one contact settles together: one vaccination visit, one sample at the laboratory…"""
AgeOn = Literal["year_end", "as_of"]
Day = Literal["as_of", "year_start", "year_end"]
"""The day judged, 1 January or 31 December of its year."""
CountBy = Literal["dates", "quantity"]
"""Distinct dates, or their net quantities added up."""
Unit = Literal["days", "months", "years"]
Positive = Annotated[int, Field(gt=0)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]
"""One name of a code list, or several that count alike."""


def _one_of(given: Frozen, *units: Unit) -> tuple[Unit, int]:
    """The unit a length or an age is given in, and its number; the others are left out."""
    found = [(unit, getattr(given, unit)) for unit in units if getattr(given, unit) is not None]
    if len(found) != 1:
        raise ValueError(f"donnez une seule unité parmi {', '.join(units)}")
    return found[0]


class Bounds(Frozen):
    """Ages in completed years, both ends included, on a day; on that of the set when none is given."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)
    on: Day | None = None

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
        _one_of(self, "days", "months", "years")
        return self

    @property
    def shift(self) -> tuple[Unit, int]:
        """Its unit and its number."""
        return _one_of(self, "days", "months", "years")

    @property
    def in_days(self) -> float:
        return (self.days or 0) + (self.months or 0) * 365.25 / 12 + (self.years or 0) * 365.25


YearsOrAge = Annotated[Age, BeforeValidator(lambda given: {"years": given} if isinstance(given, int) else given)]
"""A number is a number of years."""


class AgesAtAct(Frozen):
    """Ages at which an act counts, in completed years, months or days, both ends included."""

    min: YearsOrAge | None = None
    max: YearsOrAge | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min.in_days > self.max.in_days:
            raise ValueError("min dépasse max")
        return self


class Interval(Frozen):
    """Time between two doses, in one unit: days, or months (`add_months`)."""

    days: Positive | None = None
    months: Positive | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        _one_of(self, "days", "months")
        return self

    @property
    def length(self) -> tuple[Unit, int]:
        """Its unit and its number."""
        return _one_of(self, "days", "months")


class Apart(Frozen):
    """An act given fewer than `days` after one of `codes` does not count; on one day both count, and the earlier of the
    two always does: of two live vaccines, only the second is void."""

    codes: Names
    days: Positive


class Value(Frozen):
    """Results that count, both ends included, in one unit. An act whose result is not known counts, and it is said."""

    min: float | None = None
    max: float | None = None
    unit: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("donnez min, max ou les deux")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min dépasse max")
        return self


class Rolling(Frozen):
    """The last days, months or years: up to the day judged, or those that end with its year. A year is twelve months."""

    kind: Literal["rolling"]
    days: Positive | None = None
    months: Positive | None = None
    years: Positive | None = None
    ends: Literal["as_of", "year_end"] = "as_of"

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        _one_of(self, "days", "months", "years")
        return self

    @property
    def length(self) -> tuple[Unit, int]:
        """Days or months, and how many."""
        unit, number = _one_of(self, "days", "months", "years")
        return ("months", 12 * number) if unit == "years" else (unit, number)


class CalendarYear(Frozen):
    kind: Literal["calendar_year"]


class CampaignWindow(Frozen):
    """`vaccine`: which list of `campaigns.toml`; the usual one without."""

    kind: Literal["campaign"]
    vaccine: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = list(load_campaigns().vaccine)
        if self.vaccine is not None and self.vaccine not in known:
            raise ValueError(f"pas de campagnes pour « {self.vaccine} » ; {suggest(self.vaccine, known).rstrip('.')}")
        return self


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
    """At least `count` distinct dates among the codes within the window, or as many units when `count_by` says quantity;
    `absent`: fewer than that, the window covered. The one thing rules count."""

    codes: Names
    count: Positive = 1
    window: Window
    count_by: CountBy = "dates"
    absent: bool = False


class Requirement(Frozen):
    """What must be found. Requirements sharing a `group` are alternatives; all others are needed.

    `min_interval` and `min_age` are lists by dose: the i-th interval stands between dose i and dose i + 1, the i-th age is
    that of dose i, the last of a list holds for all doses that follow.
    """

    label: str
    codes: Names
    count: Positive = 1
    window: Window
    age_at_act: AgesAtAct | None = None
    min_interval_days: Positive | None = None
    min_interval: tuple[Interval, ...] = ()
    min_age: tuple[Age, ...] = ()
    apart_from: Apart | None = None
    count_by: CountBy = "dates"
    value: Value | None = None
    exists_since: date | None = None
    group: str | None = None

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.min_interval and self.min_interval_days:
            raise ValueError("« min_interval » et « min_interval_days » disent la même chose : gardez l’un des deux")
        if any(one.in_days > following.in_days for one, following in pairwise(self.min_age)):
            raise ValueError("« min_age » ne peut pas décroître d’une dose à la suivante")
        for name in ("min_interval_days", "min_interval", "min_age", "value"):
            if self.count_by == "quantity" and getattr(self, name):
                raise ValueError(f"« count_by = 'quantity' » compte des unités : « {name} » n’y a pas de sens")
        return self


class Criteria(Frozen):
    """All that is given must hold; what the record does not say gives unknown.

    `ald_on`, `c2s_on`: day on which the right is read, that judged without; `held_months`: it must have been held in one
    unbroken spell on every day of the months that end with that day.
    """

    label: str
    sex: Literal["F", "M"] | None = None
    age: Bounds | None = None
    ald: tuple[AldNumber, ...] = ()
    ald_on: Day | None = None
    c2s: bool | None = None
    c2s_on: Day | None = None
    held_months: Positive | None = None
    recorded: Annotated[
        tuple[Recorded, ...], BeforeValidator(lambda given: given if isinstance(given, list | tuple) else [given])
    ] = ()

    @model_validator(mode="after")
    def _rights_are_asked_for(self) -> Self:
        for key, right in (("ald_on", bool(self.ald)), ("c2s_on", self.c2s is not None)):
            if getattr(self, key) and not right:
                raise ValueError(f"« {key} » sans « {key.removesuffix('_on')} » : de quel droit s’agit-il ?")
        if self.held_months and not self.ald and self.c2s is None:
            raise ValueError("« held_months » sans « ald » ni « c2s » : de quel droit s’agit-il ?")
        return self


class Exclusion(Criteria):
    """An entry of `excluded`. `possible`: what it is read from cannot settle it; who is not up to date is then neither
    called for nor dropped, until the doctor says."""

    possible: bool = False


class Population(Criteria):
    """An entry of `eligible`, possibly with its own requirements."""

    done: tuple[Requirement, ...] = ()


class Refused(Frozen):
    """Acts of which a reader would think that they count, and which do not, on purpose. Nothing is judged by it: the screen
    says so of such an act in the period of a requirement not met."""

    label: str
    why: str
    """Why it does not count, as it is said after the day of the act: « hors dépistage organisé »."""
    codes: Names = ()
    """Names of code lists."""
    acts: CodeList | None = None
    """Codes that no list has."""
    instead_of: str | None = None
    """The codes it is taken for, where some requirements count others."""

    @model_validator(mode="after")
    def _names_acts(self) -> Self:
        if not self.codes and self.acts is None:
            raise ValueError("donnez « codes », « acts » ou les deux")
        return self

    def stands_for(self, need: Requirement) -> bool:
        """Could one take it for what this requirement counts?"""
        return self.instead_of is None or self.instead_of in need.codes


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
    endorsed: tuple[Endorsement, ...] = ()
    """Who is for it, against it or has a reservation, with why; `endorsed_by` names who recommends it."""
    evidence: Evidence | None = None
    history: tuple[Step, ...] = ()
    """States it went through, the oldest first, the last one its `state`."""
    sought_on: date | None = None
    """Day on which positions, evidence and history were last looked for: what is not there was not known then."""
    national_rate: float | None = Field(default=None, ge=0, le=100)
    """Percent, in the slides of 14 March 2024."""
    beyond_claims: str = ""
    """What part of the acts never reaches the claims, if any."""
    variant_of: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    """Id of the indicator that it words otherwise, to be looked at beside it."""
    author: str = ""
    """Who proposes it."""
    parameter: tuple[Parameter, ...] = ()
    codes: dict[str, CodeList] = Field(default_factory=dict)
    """Codes that it brings along, beside the common ones."""
    eligible: tuple[Population, ...] = Field(min_length=1)
    excluded: tuple[Exclusion, ...] = ()
    done: tuple[Requirement, ...] = ()
    refused: tuple[Refused, ...] = ()
    example: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _everyone_has_requirements(self) -> Self:
        if not self.done and not all(population.done for population in self.eligible):
            raise ValueError("il faut [[done]], ou « done » dans chaque entrée [[eligible]]")
        return self

    @model_validator(mode="after")
    def _lived_as_it_says(self) -> Self:
        life.check(self.history, self.state)
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
            yield from entry.recorded
        for population in self.eligible:
            yield from self.requirements(population)

    @property
    def calendars(self) -> list[Calendar]:
        """Of the vaccination campaigns that its windows name, each once."""
        windows = [one.window for one in self.counted()]
        names = dict.fromkeys(window.vaccine for window in windows if isinstance(window, CampaignWindow))
        return [load_campaigns().of(name) for name in names]

    def named_codes(self) -> list[str]:
        """Names of the code lists it uses, each once, in the order of the file."""
        counted = list(self.counted())
        apart = [one.apart_from for one in counted if isinstance(one, Requirement) and one.apart_from]
        return list(dict.fromkeys(name for one in (*counted, *apart) for name in one.codes))

    def refused_codes(self) -> list[str]:
        """Names of the code lists its refusals name."""
        return [name for one in self.refused for name in (*one.codes, *([one.instead_of] if one.instead_of else []))]


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

    @model_validator(mode="before")
    @classmethod
    def _none_paid(cls, given: Any) -> Any:
        """`unpaid = "all"`."""
        if isinstance(given, dict) and given.get("unpaid") == "all":
            return given | {"unpaid": given.get("indicators", [])}
        return given

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

    def only_paid(self) -> "IndicatorSet":
        """The set without what it judges and does not pay, nor what was added to it."""
        own = tuple(one for one in self.own if one.id in self.paid)
        return (
            self if own == self.indicators else self.model_copy(update={"indicators": own, "unpaid": (), "added": ()})
        )

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
    for name in (*indicator.named_codes(), *indicator.refused_codes()):
        if name not in codes:
            raise RuleError(f"Fichier « {file} » : code « {name} » inconnu ; {suggest(name, sorted(codes))}")
    for counted in indicator.counted():
        systems = {system for name in counted.codes for system in codes[name].systems}
        if counted.count_by == "quantity" and "atc" in systems and len(systems & set(DRUG_SYSTEMS)) > 1:
            raise RuleError(
                f"Fichier « {file} » : « count_by = 'quantity' » compterait deux fois une boîte que ses codes "
                f"({', '.join(counted.codes)}) disent par sa classe et par son CIP13 ; gardez l’un des deux."
            )
        if isinstance(counted, Requirement) and counted.value and systems & set(DRUG_SYSTEMS):
            raise RuleError(
                f"Fichier « {file} » : « value » juge le résultat d’un acte, or {', '.join(counted.codes)} compte des "
                "délivrances."
            )
