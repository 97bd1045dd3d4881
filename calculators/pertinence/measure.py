"""Shape of a measure (`measures/<id>.toml`): a closed vocabulary, an unknown key is an error.

A measure is a sum over patients of the list of what is counted (`numerator`), over a sum of patients or of something else
that is counted (`denominator`). Both count lines of care between 1 January and 31 December, on conditions that look back
from each line. A measure may bring code lists of its own (`[codes.x]`), for itself alone.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from calculators.pertinence.codes import CodeList, DeviceKind, Source, StayKind, load_codes
from calculators.rules import Basis, Frozen, Rule, RuleError, load, suggest

HERE = Path(__file__).parent
MEASURES = HERE / "measures"

Polarity = Literal["moins", "plus", "conforme", "aucune"]
Scope = Literal["own", "list"]
By = Literal["own", "anyone"]
Count = Literal[
    "patients", "patient_dates", "boxes", "units", "lines", "quantity", "base_cents", "molecules_3", "days", "rows"
]
Amount = Literal["boxes", "units", "quantity", "molecules_3", "chain_days", "running_days"]
LeaveKind = Literal["maladie", "atmp", "maternite"]
AldNumber = Annotated[int, Field(ge=1, le=32)]
Positive = Annotated[int, Field(gt=0)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)]
OF_LEAVES = ("days", "running_days")
SAME = "same"
"""In the place of a list's name: the very list the line is of."""


class Bounds(Frozen):
    """Ages in completed years, both ends included."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min dépasse max")
        return self


class Beside(Frozen):
    """Another line of the same patient, from `months` (calendar months) or `days` before the line counted up to
    `until_days` before it; 0 is the day itself. `codes = "same"`: of the list of the line counted."""

    codes: Names
    by: By = "anyone"
    months: int | None = Field(default=None, ge=0)
    days: int | None = Field(default=None, ge=0)
    until_days: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("donnez « months » ou « days », l’un des deux")
        if self.days is not None and self.days < self.until_days:
            raise ValueError("fenêtre impossible : « days » est sous « until_days »")
        return self


class Counted(Frozen):
    """Lines of `codes` in the year, and how they are counted.

    `by`: whose prescriptions (by default those of the measure's scope). `of`, `over`: with `count = "patients"`, those of
    whom this amount exceeds a number; `gap_days`: longest gap within a chain of deliveries or leaves. `first`: the first
    line of the year only. `without_ald`: not while one of these ALD is active. `exo`: grounds of exoneration of the line,
    `exempt_known`: whichever it is; `alds_in_table`: of patients all of whose ALD are in the table of classes always in
    relation; `outside_related`: of these, the classes that it does not have. `leaves`: kinds of sick leave, in place of
    codes. `board`: indicators of the prevention board, in place of codes.
    """

    count: Count
    codes: Names = ()
    by: By | None = None
    of: Amount | None = None
    over: int | None = Field(default=None, ge=0)
    gap_days: Positive | None = None
    age_at: Bounds | None = None
    first: bool = False
    without_ald: tuple[AldNumber, ...] = ()
    exo: tuple[int, ...] = ()
    exempt_known: bool = False
    outside_related: bool = False
    alds_in_table: bool = False
    leaves: tuple[LeaveKind, ...] = ()
    board: tuple[str, ...] = ()
    status: tuple[Literal["up_to_date", "due"], ...] = ()
    present: tuple[Beside, ...] = Field(default=(), alias="with")
    absent: tuple[Beside, ...] = Field(default=(), alias="without")

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if [bool(self.codes), bool(self.leaves), bool(self.board)].count(True) != 1:
            raise ValueError("donnez « codes », « leaves » ou « board », l’un des trois")
        if (self.of is None) != (self.over is None):
            raise ValueError("« of » dit quoi, « over » à partir de quand : l’un ne va pas sans l’autre")
        if self.of and self.count != "patients":
            raise ValueError("« of » compte des patients : « count = 'patients' »")
        if bool(self.leaves) != (self.amount in OF_LEAVES):
            raise ValueError(f"« leaves » va avec {' ou '.join(OF_LEAVES)}")
        if (self.gap_days is None) == (self.amount in ("chain_days", "running_days")):
            raise ValueError("« gap_days » va avec « chain_days » et « running_days », et avec eux seuls")
        if bool(self.board) != (self.count == "rows") or bool(self.board) != bool(self.status):
            raise ValueError("« board », « status » et « count = 'rows' » vont ensemble")
        looks_at_lines = self.present or self.absent or self.first or self.age_at or self.without_ald
        if looks_at_lines and (self.by_exemption or self.amount in (*OF_LEAVES, "molecules_3", "rows")):
            raise ValueError("une condition sur chaque ligne ne va pas avec ce qui est compté ici")
        return self

    @property
    def amount(self) -> str:
        """What is added up by patient."""
        return self.of or self.count

    @property
    def in_cents(self) -> bool:
        """Is it an amount of money?"""
        return self.amount == "base_cents"

    @property
    def by_exemption(self) -> bool:
        """Is it read from the amounts of lines by ground of exoneration?"""
        return bool(self.exo) or self.outside_related or self.exempt_known

    @property
    def looked_at(self) -> Iterator[str]:
        """Names of every list that it reads."""
        yield from self.codes
        for one in (*self.present, *self.absent):
            yield from (name for name in one.codes if name != SAME)


class Test(Frozen):
    """What must be known of a patient: an ALD on the last day, or lines of `codes` on so many dates of the year."""

    ald: tuple[AldNumber, ...] = ()
    codes: Names = ()
    dates: Positive = 1

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.ald) == bool(self.codes):
            raise ValueError("donnez « ald » ou « codes », l’un des deux")
        return self


class Denominator(Frozen):
    """The patients of the list of 31 December: all that is given must hold, one of `any`, none of `none`. `seen`: seen by
    the doctor in the year; `ald`: with an ALD, or without. `counted`: these lines of theirs are the denominator, rather
    than the patients themselves."""

    age: Bounds | None = None
    sex: Literal["F", "M"] | None = None
    ald: bool | None = None
    c2s: bool | None = None
    seen: bool = False
    any: tuple[Test, ...] = ()
    none: tuple[Test, ...] = ()
    over_before: int | None = Field(default=None, ge=0)
    """With `molecules_3`: of the list of the year before too, with more molecules then."""
    counted: Counted | None = None

    @model_validator(mode="after")
    def _someone_is_asked_for(self) -> Self:
        if self.none and not self.any:
            raise ValueError("« none » écarte de ceux que « any » retient : donnez aussi « any »")
        return self

    @property
    def tests(self) -> tuple[Test, ...]:
        return (*self.any, *self.none)


class Text(Frozen):
    """A text that sets targets."""

    label: str


class Texts(Frozen):
    """`targets.toml`."""

    text: dict[str, Text]


@cache
def texts() -> dict[str, Text]:
    """Texts that set targets, the one that counts first."""
    return load(HERE / "targets.toml", Texts).text


class Target(Frozen):
    """What is asked: a change from one year to another, a level of the rate, or a share. Of a change, `value` is the
    proportion (-0.10), of a difference the number; a level and a share are those of a patient or line, before `per`."""

    kind: Literal["change", "difference", "level", "share"]
    value: float
    start: int | None = Field(default=None, alias="from")
    end: int | None = Field(default=None, alias="to")
    version: str
    basis: Basis

    @model_validator(mode="after")
    def _known_text(self) -> Self:
        if self.version not in texts():
            raise ValueError(f"version : « {self.version} » n’existe pas ; {suggest(self.version, list(texts()))}")
        return self


class Parameter(Frozen):
    """An open point: what we chose, what else could be meant."""

    name: str
    chosen: str
    alternative: str
    basis: Basis


class Delivered(Frozen):
    """A delivery of an example."""

    atc: str
    date: date
    boxes: int = 1
    by: By = "own"
    base_cents: int | None = None
    exo: int | None = None
    pack_days: int | None = None
    pack_units: int | None = None
    role: str | None = None
    device: str | None = None


class Done(Frozen):
    """An act or a device of an example."""

    system: str
    code: str
    date: date
    quantity: int = 1
    by: By = "own"
    performed_by: By = "anyone"
    base_cents: int | None = None
    units: int | None = None
    """Units of a pack, as the table of devices says."""
    kind: DeviceKind | None = None


class Leave(Frozen):
    """A sick leave of an example."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")
    kind: LeaveKind = "maladie"
    by: By = "own"


class Stay(Frozen):
    entry: date
    exit: date
    kind: StayKind = "mco"


class Ald(Frozen):
    ald: AldNumber
    start: date = Field(default=date(2000, 1, 1), alias="from")
    end: date | None = Field(default=None, alias="to")


class Expected(Frozen):
    denominator: int
    numerator: int


class Example(Frozen):
    """One patient of the list, and what he counts for."""

    name: str = Field(min_length=1)
    year: int
    birth: date
    sex: Literal["F", "M"] = "F"
    ald: tuple[Ald, ...] = ()
    deliveries: tuple[Delivered, ...] = ()
    acts: tuple[Done, ...] = ()
    leaves: tuple[Leave, ...] = ()
    stays: tuple[Stay, ...] = ()
    expected: Expected


class Measure(Rule):
    """One measure of relevance."""

    short: str = ""
    why: str = Field(min_length=1)
    cannot_say: str = Field(min_length=1)
    """What no record says of it, in a doctor's words."""
    objective: int = Field(ge=1)
    polarity: Polarity
    scope: Scope
    unit: str = Field(min_length=1)
    per: float = Field(gt=0)
    strata: tuple[str, ...] = ()
    denominator: Denominator
    numerator: Counted
    target: tuple[Target, ...] = ()
    parameter: tuple[Parameter, ...] = ()
    codes: dict[str, CodeList] = Field(default_factory=dict)
    example: tuple[Example, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _lists_are_known(self) -> Self:
        known = load_codes() | self.codes
        if taken := sorted(self.codes.keys() & load_codes().keys()):
            raise ValueError(f"la liste « {taken[0]} » est déjà fournie ; donnez-lui un autre nom")
        for name in self.looked_at:
            if name not in known:
                raise ValueError(
                    f"la liste de codes « {name} » n’existe pas ; {suggest(name, sorted(known)).rstrip('.')}"
                )
        return self

    @model_validator(mode="after")
    def _packs_are_counted_once(self) -> Self:
        for one in self.counts:
            for mine, his in combinations(one.codes, 2):
                if self.lists[mine].shares_packs(self.lists[his]):
                    raise ValueError(
                        f"« {mine} » et « {his} » : une même boîte peut être sur les deux listes, par son rôle et par son "
                        "dispositif ; comptez-les dans deux mesures"
                    )
        return self

    @model_validator(mode="after")
    def _strata_are_known(self) -> Self:
        for one in self.strata:
            name, _, ages = one.partition(":")
            numbers = ages.split(",")
            if name == "age" and all(number.isdecimal() for number in numbers):
                if [int(number) for number in numbers] != sorted({int(number) for number in numbers}):
                    raise ValueError("les âges de « strata » doivent être croissants et distincts")
            elif one not in ("sex", "ald", "c2s"):
                raise ValueError(
                    f"« {one} » n’est pas une strate ; attendu : « age:0,16,40 », « sex », « ald » ou « c2s »"
                )
        return self

    @model_validator(mode="after")
    def _both_count_alike(self) -> Self:
        if (self.denominator.over_before is not None) != (self.numerator.count == "molecules_3"):
            raise ValueError("« over_before » et « count = 'molecules_3' » vont ensemble")
        if self.denominator.tests and self.denominator.counted:
            raise ValueError("« any » et « none » disent quels patients, « counted » compte autre chose : choisissez")
        return self

    @property
    def lists(self) -> dict[str, CodeList]:
        """Every code list that it reads, by name."""
        known = load_codes() | self.codes
        return {name: known[name] for name in sorted(set(self.looked_at))}

    @property
    def by_patient(self) -> bool:
        """Is every patient of the list who meets the criteria in the denominator, for one?"""
        return not (self.denominator.counted or self.denominator.tests or self.denominator.over_before is not None)

    @property
    def counts(self) -> tuple[Counted, ...]:
        """Its numerator and, where something is counted there, its denominator."""
        return (self.numerator, self.denominator.counted) if self.denominator.counted else (self.numerator,)

    @property
    def looked_at(self) -> Iterator[str]:
        for one in self.counts:
            yield from one.looked_at
        for test in self.denominator.tests:
            yield from test.codes

    @property
    def sources(self) -> set[Source]:
        """Tables of lines that it reads."""
        return {one.source for one in self.lists.values()}

    @property
    def age_from(self) -> tuple[int, ...]:
        """First age of each class of its strata."""
        found = next((one for one in self.strata if one.startswith("age:")), "age:0")
        return tuple(int(number) for number in found.removeprefix("age:").split(","))

    def by_whom(self, counted: Counted, prescribers_known: bool = True) -> By:
        """Whose lines: those of the scope, of anybody where the record does not say who prescribed an act."""
        asked: By = counted.by or ("own" if self.scope == "own" else "anyone")
        acts = any((load_codes() | self.codes)[name].source == "acts" for name in counted.codes)
        return "anyone" if acts and not prescribers_known else asked

    def told_scope(self, prescribers_known: bool) -> Scope:
        """« own », or « list » where nobody knows who prescribed."""
        return "own" if self.scope == "own" and self.by_whom(self.numerator, prescribers_known) == "own" else "list"

    @property
    def hash(self) -> str:
        """Changes when a reference built under this measure would."""
        content = self.model_dump(mode="json", include={"strata", "denominator", "numerator", "scope"})
        lists = {name: one.model_dump(mode="json", exclude={"label", "names", "reference", "note"})
                 for name, one in self.lists.items()}  # fmt: skip
        return hashlib.sha256(json.dumps([content, lists], sort_keys=True).encode()).hexdigest()[:16]


def load_measure(path: Path) -> Measure:
    """One file. Raises RuleError in French."""
    found = load(path, Measure)
    if found.id != path.stem:
        raise RuleError(f"Fichier « {path.name} » : « id » vaut « {found.id} », « {path.stem} » est attendu.")
    return found


def load_measures() -> dict[str, Measure]:
    """Every measure that ships, by id, objective by objective. Raises RuleError in French."""
    return ordered({path.stem: _shipped(path) for path in sorted(MEASURES.glob("*.toml"))})


def load_beside(path: Path) -> Measure:
    """One file beside the data. Raises RuleError in French, also where its id is that of a measure that ships."""
    if is_taken(path):
        raise RuleError(
            f"Fichier « {path} » : la mesure « {path.stem} » est déjà fournie avec le programme ; donnez un autre nom "
            "au fichier et à « id »."
        )
    return load_measure(path)


def is_taken(path: Path) -> bool:
    """Does a measure that ships have the id of this file?"""
    return (MEASURES / path.name).is_file()


def ordered(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """By objective, then by id."""
    return dict(sorted(measures.items(), key=lambda item: (item[1].objective, item[0])))


_READ: dict[Path, Measure] = {}


def _shipped(path: Path) -> Measure:
    if path not in _READ:
        _READ[path] = load_measure(path)
    return _READ[path]
