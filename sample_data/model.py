"""`calibration.toml` as arrays: what the generator draws from. No figure is written in Python.

Acts and vaccines named by a prevention rule take their code from `calculators/prevention/codes.toml`, by section name.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from calculators.dates import to_day
from calculators.rules import read_toml

HERE = Path(__file__).parent
YEAR = 365.25
MONTH = YEAR / 12
GP = "01"
SYSTEMS = ("nabm", "ccam", "ngap", "prs_nat")
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Treatment:
    """A reason to be treated for long: who has it, and the products it brings."""

    name: str
    rate: Array
    """Probability by sex (men, women) and age class."""
    ald: tuple[dict[int, float], dict[int, float]]
    """Probability given an ALD, men and women."""
    from_age: float
    to_age: float
    always: bool
    hospital: bool
    specialty: str
    choices: tuple[tuple[tuple[int, float], ...], ...]
    """Per choice: (product, cumulative probability)."""


@dataclass(frozen=True)
class Episode:
    """A reason to consult once."""

    name: str
    rate: Array
    """Per year, by sex and age class."""
    from_age: float
    to_age: float
    months: Array
    drugs: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Model:
    """Everything the generator needs, read once."""

    raw: dict[str, Any]
    names: dict[str, int]
    """Product or vaccine name -> row of the arrays below."""
    atc: list[str]
    cip13: list[str]
    cents: Array
    boxes: Array
    months: Array
    alone: Array
    shared: Array
    youngest: Array
    """Years of age under which a product is not given."""
    acts: tuple[tuple[str, str], ...]
    """(system, code) of every act; `act` gives the row."""
    act: dict[str, int]
    specialties: tuple[str, ...]
    treatments: tuple[Treatment, ...]
    episodes: tuple[Episode, ...]
    ald_numbers: Array
    ald_rates: Array
    """Probability by sex, ALD and five-year class."""
    ald_from_age: Array
    age_classes: Array

    def band(self, age: Array) -> Array:
        """Age class of treatments and episodes."""
        return np.searchsorted(self.age_classes, age, side="right") - 1

    def start_of_acts(self, as_of: int) -> int:
        return int(as_of - round(self.raw["period"]["acts_months"] * MONTH))

    @property
    def start_of_deliveries(self) -> int:
        return to_day(self.raw["period"]["deliveries_from"])


@cache
def load() -> Model:
    """The model of the package."""
    raw = read_toml(HERE / "calibration.toml")
    products = {k: v for k, v in raw["products"].items() if k != "source"}
    vaccines = {k: [*v, 1, 1, 100, 0] for k, v in raw["vaccines"].items() if k != "source"}
    rows = [*products.values(), *vaccines.values()]
    names = {name: i for i, name in enumerate([*products, *vaccines])}
    columns = list(zip(*rows, strict=True))
    act_names, acts = _acts(raw)
    treatments = tuple(_treatment(name, given, names) for name, given in raw["treatments"].items())
    used = {t.specialty for t in treatments} | {"12", "19", "06", "08"}
    numbers, rates, from_age = _ald(raw["ald"])
    return Model(
        raw=raw, names=names, atc=list(columns[0]), cip13=list(columns[1]), cents=np.array(columns[2]),
        boxes=np.array(columns[3]), months=np.array(columns[4]), alone=np.array(columns[5]) / 100,
        shared=np.array(columns[6]) / 100, youngest=np.array([raw["youngest"].get(name, 0) for name in names]),
        acts=acts, act=act_names, specialties=tuple(sorted(used)),
        treatments=treatments, episodes=tuple(_episode(n, g, names) for n, g in raw["episodes"].items()),
        ald_numbers=numbers, ald_rates=rates, ald_from_age=from_age,
        age_classes=np.array(raw["treatment_ages"]["from"]),
    )  # fmt: skip


def rule_codes() -> dict[str, Any]:
    """Sections of the prevention code file."""
    return read_toml(Path(str(files("calculators.prevention").joinpath("codes.toml"))))


def _acts(raw: dict[str, Any]) -> tuple[dict[str, int], tuple[tuple[str, str], ...]]:
    """Name -> row, and the (system, code) rows: first code of each section of the rules that names acts."""
    found = {name: tuple(raw["contacts"][name]) for name in ("consultation", "visit", "teleconsultation", "specialist")}
    found |= {name: tuple(pair) for name, pair in raw["biology"]["tests"].items()}
    for name, section in rule_codes().items():
        for system in SYSTEMS:
            found |= {f"{name}:{code}": (system, code) for code in section.get(system, ())}
        first = next(((system, section[system][0]) for system in SYSTEMS if section.get(system)), None)
        if first:
            found[name] = first
    rows = tuple(sorted(set(found.values())))
    return {name: rows.index(pair) for name, pair in found.items()}, rows


def _treatment(name: str, given: dict[str, Any], products: dict[str, int]) -> Treatment:
    choices: dict[str, list[tuple[int, float]]] = {}
    for choice, product, percent in given["drugs"]:
        before = choices.setdefault(choice, [])
        before.append((products[product], (before[-1][1] if before else 0) + percent / 100))
    both = given.get("ald", {})
    men, women = both | given.get("ald_men", {}), both | given.get("ald_women", {})
    return Treatment(
        name=name, rate=np.array([given["men"], given["women"]]) / 100,
        ald=({int(a): p / 100 for a, p in men.items()}, {int(a): p / 100 for a, p in women.items()}),
        from_age=given.get("from_age", 0), to_age=given.get("to_age", 130), always=given.get("always", False),
        hospital=given.get("hospital", False), specialty=given["specialty"],
        choices=tuple(tuple(choice) for choice in choices.values()),
    )  # fmt: skip


def _episode(name: str, given: dict[str, Any], products: dict[str, int]) -> Episode:
    return Episode(
        name=name, rate=np.array([given["men"], given["women"]], dtype=float), from_age=given.get("from_age", 0),
        to_age=given.get("to_age", 130), months=np.array(given["months"], dtype=float),
        drugs=tuple((products[product], percent / 100) for product, percent in given["drugs"].items()),
    )  # fmt: skip


def _ald(given: dict[str, Any]) -> tuple[Array, Array, Array]:
    others = given["others"]
    numbers = [int(a) for a in given["men"]] + [int(a) for a in others["shares"]]
    shares = _shares(others, given["width"], given["ages"])
    rates = np.array(
        [np.vstack([np.array(list(given[sex].values()), dtype=float), shares * np.array(others[sex])])
         for sex in ("men", "women")]
    )  # fmt: skip
    onset = given["onset"] | others["from_age"]
    from_age = np.array([onset.get(str(a), 0) for a in numbers])
    return np.array(numbers), rates * given["trend"] / 100, from_age


def _shares(others: dict[str, Any], width: int, ages: int) -> Array:
    """Share of each of the other ALD by age class, among those that can be recognised at that age."""
    middles = (np.arange(ages) + 0.5) * width
    shares = np.array(
        [
            np.where((middles >= others["from_age"].get(ald, 0)) & (middles < others["to_age"].get(ald, 130)), share, 0)
            for ald, share in others["shares"].items()
        ]
    )
    return np.asarray(shares / shares.sum(axis=0))


def by_age(ages: Array, limits: list[float], values: list[float]) -> Array:
    """Value of the age class of each age."""
    return np.asarray(values)[np.searchsorted(limits, ages, side="right") - 1]
