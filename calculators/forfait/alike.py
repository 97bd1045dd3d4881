"""Lists alike: what a doctor is paid of whom three numbers are known, his patients, those with an ALD, the oldest.

Every list of the country is brought to the three numbers and keeps the rest of what it is: its ages and rights within
each of the four groups that ALD and age make, how far the two go together (its odds ratio), who was seen, the zone and the
seniority of its doctor, how far his prevention goes. What the three numbers leave open is then the spread of the pay of
these lists. A list that has the three numbers already is left as it is, to the cent.

Decisions: half a patient is added to each group where the odds ratio is taken; a group that a list lacks has the ages and
rights of the country; validated indicators follow what the country validates at each profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from calculators import rules
from calculators.forfait.compare import percentile
from calculators.forfait.country import Country
from calculators.forfait.doctors import Ints
from calculators.forfait.population import DEFAULTS, Population, Verdicts, settled
from calculators.forfait.version import FOLDER, Version
from calculators.rules import Frozen

Floats = npt.NDArray[np.float64]
GROUPS = 4
"""Neither, ALD alone, old alone, both."""


class Entries(Frozen):
    """What is asked (`country.toml`): from which age a patient is among the oldest, the sizes of list that can be told, the
    percentiles that are said; one doctor in `one_in` is looked at."""

    old_from: int
    least: int
    most: int
    low: int
    high: int
    one_in: int = Field(ge=1)


@cache
def entries() -> Entries:
    return rules.validate(rules.read_toml(FOLDER / "country.toml")["entries"], Entries, "country.toml")


@dataclass(frozen=True)
class Spread:
    """Cents a year over the lists alike, and how many simulated doctors they are."""

    simulated: int
    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class PaidAlike:
    """What an agreement pays lists alike, and how far that is from another one."""

    version: Version
    pay: Spread
    gap: Spread


@dataclass(frozen=True)
class Lists:
    """Lists of the country ready to be brought to three numbers: one doctor in `one_in`, which is enough for percentiles.

    `group` of each profile; `own` [doctor, group]; `national` [profile]: patients of the country; per indicator set,
    `rates` [profile, indicator] and `expected` [doctor, indicator]: what the country validates at each profile, and on each
    list.
    """

    people: Population
    group: npt.NDArray[np.int64]
    own: Floats
    national: Floats
    rates: Mapping[str, Floats]
    expected: Mapping[str, Floats]


def lists(country: Country, one_in: int | None = None) -> Lists:
    """What is the same whatever the three numbers. `one_in`: by default as `country.toml` says."""
    every = country.people
    age, ald, _, _ = settled(every, DEFAULTS)
    group = 2 * (age >= entries().old_from) + ald
    national: Floats = every.weight.astype(np.float64) @ every.counts.astype(np.float64)
    rates = {name: _rates(country, name, national) for name in every.validated}
    people = _thinned(every, slice(None, None, one_in or entries().one_in))
    counts = people.counts.astype(np.float64)
    expected = {name: counts @ one for name, one in rates.items()}
    return Lists(people, group, counts @ np.eye(GROUPS)[group], national, rates, expected)


def alike(known: Lists, patients: int, ald: int, old: int) -> Population:
    """Each of these doctors with a list of so many patients, with an ALD, and of the age of the oldest."""
    own, group = known.own, known.group
    wanted = _margins_met(own, patients, ald, old)
    member = np.eye(GROUPS)[group]
    of_group = known.national / np.maximum(member @ (known.national @ member), 1)
    factor = np.where(own > 0, wanted / np.where(own > 0, own, 1), 0)
    lacking = np.where(own > 0, 0, wanted)
    counts: Floats = known.people.counts.astype(np.float64) * factor[:, group]
    if lacking.any():
        counts = counts + lacking[:, group] * of_group
    validated = {name: _validated(known, name, counts) for name in known.rates}
    return replace(known.people, counts=counts.astype(np.float32), validated=validated)


def spread(cents: Ints, weight: Ints) -> Spread:
    """From the low to the high percentile of the doctors."""
    low, middle, high = (percentile(cents, weight, percent) for percent in (entries().low, 50, entries().high))
    return Spread(len(weight), low, middle, high)


def _thinned(people: Population, kept: slice) -> Population:
    validated = {
        name: Verdicts(one.indicators, one.patients[kept], one.unseen[kept]) for name, one in people.validated.items()
    }
    doctors = people.doctors.kept(kept)
    return replace(people, doctors=doctors, weight=people.weight[kept], counts=people.counts[kept], validated=validated)


def _margins_met(own: Floats, patients: int, ald: int, old: int) -> Floats:
    """[doctor, group] with the three numbers as margins, at the odds ratio each list has."""
    none, only_ald, only_old, both = (own + 0.5).T
    odds = both * none / (only_ald * only_old)
    a, b, c = 1 - odds, patients - ald - old + odds * (ald + old), odds * ald * old
    root = np.sqrt(np.maximum(b * b + 4 * a * c, 0))
    met = np.where(b >= 0, 2 * c / np.maximum(b + root, 1e-12), (root - b) / np.where(a == 0, 1, 2 * a))
    both = np.clip(met, max(0, ald + old - patients), min(ald, old))
    kept = (own.sum(axis=1) == patients) & (own[:, 1] + own[:, 3] == ald) & (own[:, 2] + own[:, 3] == old)
    both = np.where(kept, own[:, 3], both)
    return np.stack([patients - ald - old + both, ald - both, old - both, both], axis=1)


def _validated(known: Lists, name: str, counts: Floats) -> Verdicts:
    """Validated indicators of the lists brought to the three numbers."""
    held, before, after = known.people.validated[name], known.expected[name], counts @ known.rates[name]
    patients = np.where(before > 0, held.patients * after / np.where(before > 0, before, 1), after)
    unseen = np.where(held.patients > 0, held.unseen * patients / np.maximum(held.patients, 1), 0)
    return Verdicts(held.indicators, *(np.rint(one).astype(np.int64) for one in (patients, unseen)))


def _rates(country: Country, name: str, national: Floats) -> Floats:
    """[profile, indicator]: validated per patient of the profile, over the country."""
    indicators = country.people.validated[name].indicators
    keys = {tuple(profile): place for place, profile in enumerate(country.people.profiles.tolist())}
    rates = np.zeros((len(keys), len(indicators)))
    for *profile, indicator, validated in _rows(country.profiles[name]):
        place = keys.get(tuple(profile))
        if place is not None and national[place]:
            rates[place, indicators.index(str(indicator))] = int(validated) / national[place]
    return rates


def _rows(table: pa.Table) -> list[tuple[int | str, ...]]:
    """age, ald, c2s, seen (-1: unknown), indicator, validated."""
    rights = [table[name].fill_null(-1).to_pylist() for name in DEFAULTS]
    others = (table[name].to_pylist() for name in ("indicator", "validated"))
    return list(zip(table["age"].to_pylist(), *rights, *others, strict=True))
