"""Who gains and who loses between two priced populations: by group of doctors, as a histogram; and what would balance.

The groups are data (`country.toml`); a doctor whose trait is unknown is in none of its groups. A loss is a difference of
more than a chosen sum. Doctors count for their weight.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from calculators import rules
from calculators.forfait.doctors import Ints
from calculators.forfait.population import DEFAULTS, Population, Priced, settled
from calculators.forfait.shares import share
from calculators.forfait.version import FOLDER

BINS = 40
ROUND = (1, 2, 5)


def traits(people: Population) -> dict[str, Ints]:
    """What groups are made of, per doctor: size, age, installed (years), c2s, elderly, unseen (percent); -1 unknown."""
    age, _, c2s, seen = settled(people, DEFAULTS)
    old = rules.read_toml(FOLDER / "country.toml")["groups"]["elderly"]["patients_from"]
    size = _counted(people, np.ones(len(age), dtype=bool))
    shares = {"c2s": c2s == 1, "elderly": age >= old, "unseen": seen == 0}
    percents = {name: _percent(_counted(people, wanted), size) for name, wanted in shares.items()}
    doctors = people.doctors
    known = {"age": doctors.birth_year, "installed": doctors.installed_year}
    years = {name: np.where(year < 0, -1, np.maximum(people.year - year, 0)) for name, year in known.items()}
    return {"size": size} | years | percents


def labels() -> list[str]:
    """What doctors are grouped by, in order."""
    given = rules.read_toml(FOLDER / "country.toml")
    return [*(group["label"] for group in given["groups"].values()), given["zones"]["label"]]


@dataclass(frozen=True)
class Group:
    """One row of `by_group`; nothing but its size is known of a group of too few simulated doctors."""

    trait: str
    group: str
    doctors: int
    simulated: int
    share_losers: float | None
    low: float | None
    high: float | None
    mean_cents: float | None


@dataclass(frozen=True)
class Bar:
    """One row of `histogram`."""

    from_cents: int
    to_cents: int
    doctors: int


def by_group(before: Priced, after: Priced, beyond_cents: int) -> pa.Table:
    """trait, group, doctors, simulated, share_losers, low, high, mean_cents, for each group that has doctors; zones come
    last. A doctor loses when he is paid less by more than `beyond_cents`."""
    people, difference = before.population, after.totals - before.totals
    lost, rows = difference < -beyond_cents, []
    for trait, group, held in _groups(people):
        weight = people.weight * held
        doctors = int(weight.sum())
        if doctors:
            found = share(lost, held, people.weight)
            mean = None if found.value is None else int(weight @ difference) / doctors
            rows.append((trait, group, doctors, found.simulated, found.value, found.low, found.high, mean))
    return pa.Table.from_pylist([dict(zip(BY_GROUP.names, row, strict=True)) for row in rows], schema=BY_GROUP)


BY_GROUP = pa.schema(
    [
        *(("trait", pa.string()), ("group", pa.string()), ("doctors", pa.int64()), ("simulated", pa.int64())),
        *((name, pa.float64()) for name in ("share_losers", "low", "high", "mean_cents")),
    ]
)


def histogram(before: Priced, after: Priced) -> pa.Table:
    """from_cents, to_cents, doctors: bars of one round width, zero on an edge, at most about BINS of them."""
    difference, weight = after.totals - before.totals, before.population.weight
    low, high = (int(difference.min()), int(difference.max())) if len(difference) else (0, 0)
    width = _round_width(max(high - low, 1))
    place = difference // width
    bars = np.arange(low // width, high // width + 1)
    doctors = [int(weight[place == bar].sum()) for bar in bars]
    return pa.table(
        {"from_cents": bars * width, "to_cents": (bars + 1) * width, "doctors": pa.array(doctors, pa.int64())}
    )


@dataclass(frozen=True)
class Balance:
    """Amount per validated indicator, in cents, at which `after` costs what `before` does; None: no amount does."""

    validated: int
    cents: float | None


def balance(before: Priced, after: Priced) -> Balance:
    """What one validated indicator should be worth for both to cost the same, all else as in `after`.

    Every indicator is taken at one amount. None when nothing is validated, or when the rest already costs more.
    """
    weight = after.population.weight
    columns = [position for position, (part, _) in enumerate(after.lines) if part == "prevention"]
    validated = int(weight @ after.patients[:, columns].sum(axis=1))
    rest = after.cost_cents - int(weight @ after.cents[:, columns].sum(axis=1))
    missing = before.cost_cents - rest
    return Balance(validated, missing / validated if validated and missing >= 0 else None)


def _groups(people: Population) -> Iterator[tuple[str, str, np.ndarray]]:
    given, values = rules.read_toml(FOLDER / "country.toml"), traits(people)
    for name, group in given["groups"].items():
        bounds = [*group["from"], np.iinfo(np.int64).max]
        for position, words in enumerate(group["words"]):
            yield group["label"], words, (values[name] >= bounds[position]) & (values[name] < bounds[position + 1])
    zones = dict(given["zones"])
    label = zones.pop("label")
    for zone, words in zones.items():
        yield label, words, people.doctors.zone == zone


def _round_width(span: int) -> int:
    """The least 1, 2 or 5 times a power of ten, of at least one euro, that makes no more than BINS bars."""
    widths = (step * 10**power for power in range(2, 12) for step in ROUND)
    return next(width for width in widths if span <= width * BINS)


def _counted(people: Population, wanted: np.ndarray) -> Ints:
    return np.rint(people.counts @ wanted.astype(np.float32)).astype(np.int64)


def _percent(part: Ints, whole: Ints) -> Ints:
    """Whole percents, rounded down: 6.9 % is below 7 %."""
    return np.where(whole > 0, 100 * part // np.maximum(whole, 1), -1)
