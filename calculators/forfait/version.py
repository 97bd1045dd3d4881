"""Shape of an agreement: what is paid, for whom, when; and a scenario, an overlay on one.

A version is one file of `versions/`, with its references and a basis per line. Amounts are euros in the file (whole or
to the cent) and cents everywhere else; rates are fractions (0.10 = 10 %). A path such as `socle.ald_des_80_ans` names
the amount of a line (or its rate), `socle.ald_des_80_ans.age.min` a threshold, `seen.unseen` a rule.

Decisions where the agreements are silent, each a key of the file and most of them an `open_point` with its alternative:
* the list, the ages and the "seen" window look from 31 December (of year N-1 or N), the only days the vocabulary has;
* a part year on the list is counted as of the list day; the alternative is the list at the end of the year;
* `scale` multiplies every amount of a part (indexation, constant envelope), rounded to the cent per unit amount.
"""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from calculators import life, rules
from calculators.forfait.example import Example
from calculators.forfait.terms import (
    AgeRule,
    Calendar,
    Campaign,
    Contract,
    Cumul,
    Installation,
    Part,
    Scale,
    SeenRule,
    Who,
    YearEnd,
)
from calculators.forfait.values import Euros, Flag, MaybeFlag, MaybeWhole, Rate, Whole, YearlyEuros, Zone
from calculators.life import Endorsement, Evidence, State, Step
from calculators.rules import Basis, Frozen, Reference, Rule, RuleError

Change = float | str | bool
FOLDER = Path(__file__).parent
CRITERIA = ("min", "max", "ald", "c2s", "seen")
"""Keys whose absence means "no condition": a scenario may set them where a file did not."""
OLDEST = 110
"""Base lines are checked from age 0 to this one; who is older is paid as at this age."""


class Range(Frozen):
    """Whole numbers from `min` to `max`, both included; an absent end is open."""

    min: MaybeWhole = None
    max: MaybeWhole = None

    def holds(self, value: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Element by element; -1 stands for unknown, which only a range without ends accepts."""
        if self.min is None and self.max is None:
            return np.ones(value.shape, dtype=bool)
        high = np.iinfo(np.int64).max if self.max is None else self.max
        return (value >= (self.min or 0)) & (value <= high)


class Line(Frozen):
    """What every line says of itself."""

    label: str = Field(min_length=1)
    basis: Basis


class BaseLine(Line):
    """Euros a year for a patient of these ages and rights. `seen = false`: replaces the line of unseen patients."""

    amount: Euros
    age: Range = Range()
    ald: MaybeFlag = None
    c2s: MaybeFlag = None
    seen: MaybeFlag = None


class PatientSupplement(Line):
    """Euros a year for a patient with C2S; `unseen`: is it paid for a patient not seen?"""

    amount: Euros
    unseen: Flag


class ShareSupplement(Line):
    """Share of the list with C2S beyond `threshold`, times the base: one line per doctor."""

    threshold: Rate


class C2s(Frozen):
    """The supplement per patient, the one per doctor, or none."""

    par_patient: PatientSupplement | None = None
    au_dela_du_seuil: ShareSupplement | None = None


class Majoration(Line):
    """Fraction of the base for a doctor of these zones, of this age on 31 December N, in this year of installation, and
    without one of these contracts.

    A condition that is absent always holds; one that the record does not say (no date of birth) does not hold.
    """

    rate: Rate
    zones: tuple[Zone, ...] = ()
    not_with: tuple[Contract, ...] = ()
    age: Range = Range()
    installation_year: Range = Range()
    replaces: tuple[str, ...] = ()


class Prevention(Line):
    """Euros per validated indicator; `amounts` gives an indicator its own. `unseen`: paid for a patient not seen?

    `campaign`: which acts count for an indicator of a vaccination campaign, the rest being judged on 31 December: those from
    its opening to that day, those of the calendar year, or those from its opening to its closing.
    """

    indicator_set: str
    amount: Euros
    amounts: dict[str, Euros] = Field(default_factory=dict)
    unseen: Flag
    campaign: Campaign = "open_on_year_end"


class Mean(Line):
    """What a doctor is paid elsewhere, when he did not enter it: a mean, or a `share` of a ceiling (`maximum`) as long as he
    has not said what he earns of it."""

    amount: YearlyEuros
    kind: Literal["mean", "maximum"] = "mean"
    share: Rate = Decimal(1)


class Aid(Line):
    """One-off aid for an installation in these zones, from a day on, paid within some months."""

    amount: YearlyEuros
    zones: tuple[Zone, ...]
    first_only: Flag
    within_months: Whole
    installed_from: date | None = None


class Alternative(Frozen):
    """Another reading of an open point, as changes to the file."""

    label: str
    change: dict[str, Change]


class OpenPoint(Frozen):
    """A question the agreement leaves open: what is done here, and what else could be."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    default: str
    alternative: tuple[Alternative, ...] = Field(min_length=1)


WORDS = {"id", "label", "short", "reference", "open_point", "notes", "example"}
TOLD = {"author", "variant_of", "state", "endorsed", "evidence", "history", "sought_on"}
"""What is said of an agreement, who proposes it and what became of it."""


class Version(Rule):
    """An agreement, or a scenario on one. `short`: a name for a column or a chart; `valid_from`, `valid_to`: years in which
    it is, or was to be, in force; `signed_to`: the last year it was signed for, when it goes on until another takes its
    place. What is `TOLD` of it moves no figure; its state, where it says none, is that of its dates."""

    short: str = Field("", max_length=24)
    valid_from: date | None = None
    valid_to: date | None = None
    signed_to: int | None = None
    calendar: Calendar
    who: Who = Who()
    age: AgeRule
    seen: SeenRule
    installation: Installation = Installation()
    cumul: Cumul
    scale: Scale = Scale()
    socle: dict[str, BaseLine] = Field(min_length=1)
    majoration: dict[str, Majoration] = Field(default_factory=dict)
    c2s: C2s = C2s()
    prevention: Prevention | None = None
    means: dict[Literal["rosp", "structure", "donum"], Mean] = Field(default_factory=dict)
    aide: dict[str, Aid] = Field(default_factory=dict)
    open_point: tuple[OpenPoint, ...] = ()
    notes: tuple[str, ...] = ()
    author: str = ""
    variant_of: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    state: State | None = None
    endorsed: tuple[Endorsement, ...] = ()
    evidence: Evidence | None = None
    history: tuple[Step, ...] = ()
    sought_on: date | None = None
    """Day on which positions, evidence and history were last looked for: what is not there was not known then."""
    example: tuple[Example, ...] = ()

    @model_validator(mode="after")
    def _lived_as_it_says(self) -> "Version":
        if self.history:
            life.check(self.history, self.state or self.history[-1].state)
        return self

    @property
    def name(self) -> str:
        """Its short name, else its label."""
        return self.short or self.label

    @property
    def seniority(self) -> tuple[date, str]:
        """Sort key, oldest first: day it is valid from, else of its first reference."""
        return self.valid_from or self.reference[0].date, self.id

    @property
    def indicator_set(self) -> str | None:
        """Set of prevention indicators this version pays; None when it pays none."""
        return self.prevention.indicator_set if self.prevention else None

    @property
    def campaign(self) -> Campaign:
        """Which acts count for the vaccination campaigns."""
        return self.prevention.campaign if self.prevention else "open_on_year_end"

    @cached_property
    def tariff(self) -> "Tariff":
        """Base line and cents of every (age, ALD, C2S, seen)."""
        keys = list(self.socle)
        cents = np.array([scaled_cents(line.amount, self.scale.socle) for line in self.socle.values()], dtype=np.int64)
        chosen = np.argmax(_matches(self), axis=0)
        return Tariff(keys, chosen, cents[chosen])

    @cached_property
    def bands(self) -> tuple["Band", ...]:
        """Ages between which nothing changes for a patient: where a base line begins or ends, a band does."""
        edges = {0} | {line.age.min or 0 for line in self.socle.values()}
        edges |= {line.age.max + 1 for line in self.socle.values() if line.age.max is not None}
        first = sorted(edge for edge in edges if edge <= OLDEST)
        return tuple(Band(age, after and after - 1) for age, after in zip_longest(first, first[1:]))

    def list_day(self, year: int) -> date:
        """Day on which the list, ALD and C2S of the year paid are taken."""
        return _year_end(self.calendar.list_on, year)

    def early_list_day(self, year: int) -> date:
        """Day of the list of a doctor who ends his practice within the year, where it is not that of the others."""
        return date(year - 1, 12, 31) if self.who.end_of_practice == "quarters" else self.list_day(year)

    def age_year(self, year: int) -> int:
        """Year on whose 31 December the age of a patient is taken."""
        return _year_end(self.age.on, year).year

    def c2s_cents(self) -> int:
        """Supplement of one patient with C2S."""
        line = self.c2s.par_patient
        return scaled_cents(line.amount, self.scale.c2s) if line else 0

    def indicator_cents(self, indicator: str) -> int:
        """Amount of one validated indicator."""
        if self.prevention is None:
            return 0
        return scaled_cents(self.prevention.amounts.get(indicator, self.prevention.amount), self.scale.prevention)

    def months_paid(self, part: Part, year: int) -> list[date]:
        """First days of the months in which a part of year `year` is paid."""
        months = self.calendar.paid[part]
        return [date(year + text.endswith("+1"), int(text[:2]), 1) for text in months]


class Band(NamedTuple):
    """Ages in completed years, both included; the last band has no end."""

    first: int
    last: int | None


class Tariff:
    """Base line of every profile: `line` and `cents` are arrays [age 0-110, ald, c2s, seen]."""

    def __init__(self, keys: list[str], line: npt.NDArray[np.int64], cents: npt.NDArray[np.int64]) -> None:
        self.keys, self.line, self.cents = keys, line, cents


def load_version(id_or_path: str | Path) -> Version:
    """A version that ships, by its id, or any by the path of its file. Raises RuleError in French.

    `catalogue` knows those beside a data folder too.
    """
    path = Path(id_or_path)
    if path.suffix != ".toml":
        path = FOLDER / "versions" / f"{id_or_path}.toml"
        if not path.is_file():
            raise RuleError(
                f"La version « {id_or_path} » est inconnue ; {rules.suggest(str(id_or_path), available_versions())}"
            )
    return _ships(path) if path.parent == FOLDER / "versions" else parse(rules.read_toml(path), path.name)


@cache
def _ships(path: Path) -> Version:
    """What ships does not change while the program runs: read once."""
    return parse(rules.read_toml(path), path.name)


def available_versions() -> list[str]:
    """Ids of the versions that ship, oldest first: by the day they are valid from, else by that of their source."""
    return list(_shipped())


@cache
def _shipped() -> tuple[str, ...]:
    found = {path.stem: load_version(path.stem) for path in (FOLDER / "versions").glob("*.toml")}
    return tuple(sorted(found, key=lambda name: found[name].seniority))


def parse(content: Mapping[str, Any], where: str) -> Version:
    """A version from the content of its file; refused when a patient would have no base line, or two."""
    version = rules.validate(dict(content), Version, where)
    faults = [*_profile_faults(version), *_calendar_faults(version), *_majoration_faults(version)]
    if faults:
        raise RuleError("\n".join(f"Fichier « {where} » : {fault}" for fault in faults))
    return version


def _changes(content: Any) -> Any:
    """Changes that can be written in a link: finite numbers, words, true and false."""
    if not isinstance(content, Mapping):
        raise PydanticCustomError("changements", "une table « chemin » = valeur est attendue")
    for path, value in _leaves(content):
        if not isinstance(value, int | float | str | bool):
            raise PydanticCustomError("changement", f"« {path} » : un nombre, un mot, true ou false est attendu")
        if isinstance(value, float) and not math.isfinite(value):
            raise PydanticCustomError("changement", f"« {path} » : un nombre fini est attendu")
    return content


class Scenario(Frozen):
    """A scenario file: a version (id, or path beside the scenario) and what it changes. `alone`: what it says holds on its
    own version, with no other change beside."""

    base: str
    label: str = ""
    why: str = ""
    alone: Flag = False
    change: Annotated[dict[str, Any], BeforeValidator(_changes)] = Field(default_factory=dict)
    reference: tuple[Reference, ...] = ()

    @property
    def changes(self) -> dict[str, Change]:
        """The changes by path as `canonical` writes it, whether the file wrote them in one table or in nested ones."""
        return {canonical(path): value for path, value in _leaves(self.change)}


def read_scenario(path: Path) -> Scenario:
    """The overlay itself, before it is applied. Raises RuleError in French."""
    return rules.load(path, Scenario)


def load_scenario(path: Path, base: Version | None = None, indicators: Iterable[str] | None = None) -> Version:
    """The version a scenario file describes, on the version it names unless `base` is that version already; an unknown
    path is an error that lists the close ones. `indicators`: as for `paths`."""
    scenario = read_scenario(path)
    if base is None:
        base = load_version(path.parent / scenario.base if scenario.base.endswith(".toml") else scenario.base)
    return _named(_overlay(base, scenario.changes, path.name, indicators), path.stem, scenario)


def apply_changes(version: Version, changes: Mapping[str, Change], indicators: Iterable[str] | None = None) -> Version:
    """The version with other amounts, rates, thresholds or rules; a line whose value changes becomes a hypothesis.

    `indicators`: as for `paths`. Raises RuleError: unknown path (with the close ones), negative amount, rate above 100 %,
    gap or overlap.
    """
    return _overlay(version, changes, version.id, indicators)


def on_advances(version: Version) -> Version:
    """The version on the list of its advances; itself when it has none, or none other than that of the balance."""
    advances = version.calendar.advances
    return apply_changes(version, {"calendar.list_on": advances.list_on}) if advances else version


def paths(version: Version, indicators: Iterable[str] | None = None) -> dict[str, Any]:
    """Every path a change may name, in its shortest form, with its present value (None: not set).

    `indicators`: ids that may have an amount of their own; by default those with a published rate.
    """
    content = version.model_dump(exclude=WORDS | TOLD)
    found = {_short(path): value for path, value in _leaves(content) if _is_changeable(path, value)}
    if version.prevention:
        names = indicators_known() if indicators is None else indicators
        known = {f"prevention.amounts.{name}": None for name in names}
        found = known | found
    return found


def applicable(
    version: Version, changes: Mapping[str, Change], indicators: Iterable[str] | None = None
) -> dict[str, Change]:
    """Those of the changes whose path the version has. `indicators`: as for `paths`."""
    known = paths(version, indicators)
    return {path: value for path, value in changes.items() if _short(path) in known}


def indicators_known() -> list[str]:
    """Ids of the indicators with a published rate."""
    known = rules.read_toml(FOLDER / "attainment.toml")
    return [*known["indicator"], *known["instead"]]


def scaled_cents(euros: Decimal, factor: Decimal) -> int:
    """Cents of an amount under a factor, rounded half up once."""
    return int((euros * factor * 100).to_integral_value(ROUND_HALF_UP))


def _year_end(which: YearEnd, year: int) -> date:
    return date(year - (which == "previous_year_end"), 12, 31)


def _matches(version: Version) -> npt.NDArray[np.bool_]:
    """[line, age, ald, c2s, seen]: does the line apply? Unseen patients have lines of their own only if so ruled."""
    age, ald, c2s, seen = np.ogrid[0 : OLDEST + 1, 0:2, 0:2, 0:2]
    own = version.seen.unseen == "own_line"
    masks = []
    for line in version.socle.values():
        mask = line.age.holds(age)
        for wanted, axis in ((line.ald, ald), (line.c2s, c2s)):
            mask = mask & (wanted is None or axis == wanted)
        unseen = line.seen is False
        mask = mask & ((seen == 0) if unseen and own else (seen == 1) | (not own))
        masks.append(np.broadcast_to(mask & (own or not unseen), (OLDEST + 1, 2, 2, 2)))
    return np.array(masks)


def _profile_faults(version: Version) -> Iterator[str]:
    """Sentences on the profiles with no base line or several; one sentence per set of lines concerned."""
    matches, told = _matches(version), set()
    for age, ald, c2s, seen in np.argwhere(matches.sum(axis=0) != 1):
        keys = tuple(key for key, holds in zip(version.socle, matches[:, age, ald, c2s, seen], strict=True) if holds)
        if keys in told:
            continue
        told.add(keys)
        who = f"{age} ans, {'en' if ald else 'sans'} ALD, {'avec' if c2s else 'sans'} C2S, {'vu' if seen else 'non vu'}"
        what = "plusieurs lignes de socle (" + ", ".join(keys) + ")" if keys else "aucune ligne de socle"
        yield f"{what} pour un patient de {who} ; il en faut exactement une."


def _calendar_faults(version: Version) -> Iterator[str]:
    paid: list[Part] = ["socle", *version.means]
    paid += ["majoration"] if version.majoration else []
    paid += ["c2s"] if version.c2s.par_patient or version.c2s.au_dela_du_seuil else []
    paid += ["prevention"] if version.prevention else []
    for part in paid:
        if not version.calendar.paid.get(part):
            yield f"« calendar.paid » ne dit pas quand la part « {part} » est payée."
    if version.calendar.advances and version.who.end_of_practice == "instalments":
        yield "« calendar.advances » va avec « who.end_of_practice » = « quarters »."


def _majoration_faults(version: Version) -> Iterator[str]:
    for key, line in version.majoration.items():
        for other in line.replaces:
            if other not in version.majoration:
                yield (
                    f"« majoration.{key}.replaces » nomme « {other} » ; "
                    f"{rules.suggest(other, list(version.majoration))}"
                )


def _leaves(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        else:
            yield path, value


def _is_changeable(path: str, value: Any) -> bool:
    """Not words, lists nor dates; nor a whole part that the version does not have."""
    last = path.split(".")[-1]
    if value is None:
        return last in CRITERIA
    is_word = last in ("label", "basis", "kind") or path.startswith("who.unpaid.")
    return not is_word and not isinstance(value, tuple | date)


def canonical(path: str) -> str:
    """The one form of a path in drafts and links: `socle.x` for `socle.x.amount`, `prevention.amount` for `prevention`."""
    short = _short(path)
    return "prevention.amount" if short == "prevention" else short


def _short(path: str) -> str:
    """`socle.x.amount` is written `socle.x`."""
    return path.removesuffix(".amount").removesuffix(".rate")


def _overlay(version: Version, changes: Mapping[str, Change], where: str, indicators: Iterable[str] | None) -> Version:
    """Examples are those of the file as it was written: a version that is changed has none."""
    known = paths(version, indicators)
    if unknown := next((path for path in changes if _short(path) not in known), None):
        raise RuleError(_unknown_path(unknown, known, version, where))
    moved = {path: value for path, value in changes.items() if not _is_same(known[_short(path)], value)}
    if not moved:
        return version
    content = version.model_dump(exclude={"example"})
    for path, value in moved.items():
        _put(content, path.split("."), value)
    return parse(content, where)


def _is_same(present: Any, value: Any) -> bool:
    """Numbers are compared as numbers, true and false are none."""
    if isinstance(present, bool) or not isinstance(present, Decimal | int):
        return type(present) is type(value) and bool(present == value)
    return isinstance(value, int | float) and not isinstance(value, bool) and Decimal(str(value)) == present


def _put(content: dict[str, Any], keys: list[str], value: Change) -> None:
    """Write a value; every line it touches on the way down becomes a hypothesis."""
    place = content
    for key in keys[:-1]:
        place = place[key]
        if "basis" in place:
            place["basis"] = "hypothese"
    last = keys[-1]
    if isinstance(place.get(last), dict):
        place = place[last]
        last = "amount" if "amount" in place else "rate"
        place["basis"] = "hypothese"
    place[last] = value


def _unknown_path(path: str, known: Mapping[str, Any], version: Version, where: str) -> str:
    tail = path.split(".")[-1]
    close = difflib.get_close_matches(path, list(known), n=4)
    close += [name for name in known if name not in close and tail in name.split(".")][:3]
    groups = sorted({name.split(".")[0] for name in known})
    hint = (
        "vouliez-vous dire " + " ou ".join(f"« {name} »" for name in close) + " ?"
        if close
        else "les chemins commencent par : " + ", ".join(groups) + "."
    )
    return f"Scénario « {where} » : le chemin « {path} » n’existe pas dans « {version.id} » ; {hint}"


def _named(version: Version, stem: str, scenario: Scenario) -> Version:
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in stem.lower())
    label = scenario.label or f"{version.label} (scénario {stem})"
    return version.model_copy(
        update={"id": name, "label": label, "short": "", "reference": (*version.reference, *scenario.reference)}
    )
