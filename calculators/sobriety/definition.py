"""What the ratio counts: every number of `definitions/<year>.toml`, with its reference and basis.

Choices where the published rule is silent:
* a file holds from its year until a newer one replaces it; before the oldest file there is no definition;
* `Definition.reference_hash` covers only what a reference depends on (patients, doctors, drugs, strata, cap), so that
  a new bonus threshold does not make an older reference unusable;
* the ATC class of a record is taken as level 5 (the canonical tables promise seven characters).
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from pydantic import Field, model_validator

from calculators import rules
from calculators.records.cells import age_classes
from calculators.rules import Frozen, Reference, Rule, RuleError

FOLDER = Path(__file__).parent / "definitions"


class Section(Frozen):
    """Numbers that share one source."""

    reference: Reference


class Patients(Section):
    minimum_age: int = Field(ge=0)


class Doctors(Section):
    specialties: tuple[str, ...] = Field(min_length=1)
    seen_over: int = Field(ge=0)


class Drugs(Section):
    excluded_atc: str = Field(pattern=r"^[A-Z][A-Z0-9]*$")
    gp_specialties: tuple[str, ...] = Field(min_length=1)
    look_back_months: int = Field(ge=1)
    gp_share_over_percent: int = Field(ge=0, le=100)

    @property
    def gp_codes(self) -> list[int]:
        """Specialty codes as the compact store keeps them."""
        return [int(code) for code in self.gp_specialties]


class Strata(Section):
    age_from: tuple[int, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> "Strata":
        if list(self.age_from) != sorted(set(self.age_from)):
            raise ValueError("les limites d’âge doivent être croissantes et distinctes")
        return self

    @property
    def age_classes(self) -> list[str]:
        """Names of the age classes, youngest first: 17-39, …, 75+."""
        return age_classes(self.age_from)


class Cap(Section):
    per_mille: int = Field(gt=0, le=1000)


class Interval(Section):
    z_95: float = Field(gt=0)
    z_998: float = Field(gt=0)


class Verdict(Section):
    reliability_floor: float = Field(ge=0, le=1)


class Expected(Section):
    own_variance_from: int = Field(ge=2)


class OwnWeight(Section):
    without_self_over: float = Field(ge=0, le=1)


class Spread(Section):
    minimum_doctors: int = Field(ge=2)
    assumed: float = Field(gt=0)
    zero_believed_from: int = Field(ge=2)


class Published(Section):
    """What a copy of a reference that travels may tell."""

    patients_from: int = Field(ge=2)
    doctors_from: int = Field(ge=2)
    doctors_beside: int = Field(ge=1)
    centiles: tuple[int, ...] = Field(min_length=1)


class Peers(Section):
    minimum_peers: int = Field(ge=1)
    list_from: tuple[int, ...] = Field(min_length=1)
    movers: int = Field(ge=1)


class Mix(Section):
    apart_from: float = Field(gt=0)


class Drift(Section):
    percent_per_year: float


class UnderTreatment(Section):
    ratio_under: float


class Carbon(Section):
    """An order of magnitude someone gave, with what it leaves out."""

    megatonnes: float = Field(gt=0)
    limits: str = Field(min_length=1)


class LongUse(Section):
    """A prescription delivered when the patient had the same classes more than `beyond_days` before."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str = Field(min_length=1)
    atc: str = Field(pattern=r"^[A-Z][A-Z0-9]*$")
    beyond_days: int = Field(ge=1)


class Bonus(Section):
    amount_euros: int
    first_year: int
    lowest_percent: float = Field(gt=0, lt=100)
    fall_over_percent: float = Field(gt=0, lt=100)


class Definition(Rule):
    """One dated definition of the ratio."""

    patients: Patients
    doctors: Doctors
    drugs: Drugs
    strata: Strata
    cap: Cap
    interval: Interval
    verdict: Verdict
    expected: Expected
    own_weight: OwnWeight
    spread: Spread
    published: Published
    peers: Peers
    mix: Mix
    drift: Drift
    under_treatment: UnderTreatment
    carbon: Carbon
    bonus: Bonus
    what_if: tuple[LongUse, ...] = ()

    @model_validator(mode="after")
    def _youngest_have_a_class(self) -> "Definition":
        if self.strata.age_from[0] != self.patients.minimum_age:
            raise ValueError("la première limite d’âge des strates doit être l’âge minimal des patients")
        return self

    @property
    def reference_hash(self) -> str:
        """Changes when a reference built under this definition would."""
        content = self.model_dump(mode="json", include={"patients", "doctors", "drugs", "strata", "cap"})
        numbers = {section: {k: v for k, v in keys.items() if k != "reference"} for section, keys in content.items()}
        return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:16]


def load_definition(year: int) -> Definition:
    """The newest definition not after `year`. Raises RuleError (French) before the oldest, or when a file is wrong."""
    files = {int(file.stem): file for file in FOLDER.glob("*.toml")}
    usable = [start for start in files if start <= year]
    if not usable:
        raise RuleError(f"Aucune définition du ratio de sobriété pour {year} : la plus ancienne est de {min(files)}.")
    return _read(files[max(usable)])


@cache
def _read(file: Path) -> Definition:
    return rules.load(file, Definition)
