"""Shares and means over the doctors of a country, with what they stand on: nothing national from a handful.

A share is told with the number of simulated doctors behind it and its sampling interval (Wilson, at 95 %), and not at all
under a least number of them; `country.toml` has both. Unequal weights count as the number of equal ones that would carry as
much. A mean is told in the same way, with the interval of a mean of as many draws. Both intervals tell what the number of
simulated doctors leaves open, and nothing of how true the simulation is.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from calculators import rules
from calculators.forfait.doctors import Flags, Ints
from calculators.forfait.version import FOLDER


@dataclass(frozen=True)
class Share:
    """`value`, `low`, `high` are None when `simulated`, the doctors it stands on, are too few."""

    simulated: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Mean:
    """Cents per doctor; `value`, `low`, `high` are None when `simulated`, the doctors it stands on, are too few."""

    simulated: int
    value: float | None
    low: float | None
    high: float | None


@cache
def settings() -> tuple[int, float]:
    """Least number of simulated doctors, standard deviations of the interval."""
    given = rules.read_toml(FOLDER / "country.toml")["shares"]
    return int(given["least"]), float(given["deviations"])


def losing_beyond() -> int:
    """Cents a year beyond which a doctor is said to lose, until another sum is chosen."""
    return round(100 * float(rules.read_toml(FOLDER / "country.toml")["shares"]["losing_beyond"]))


def share(held: Flags, among: Flags, weight: Ints) -> Share:
    """Weighted share of `among` for whom it is held."""
    least, deviations = settings()
    simulated = int(np.count_nonzero(among))
    if simulated < least:
        return Share(simulated, None, None, None)
    mine = weight * among
    value = float((mine @ held) / mine.sum())
    low, high = _wilson(value, float(mine.sum()) ** 2 / float(mine @ mine), deviations)
    return Share(simulated, value, low, high)


def mean(cents: Ints, among: Flags, weight: Ints) -> Mean:
    """Weighted mean of `among`."""
    least, deviations = settings()
    held = weight[among].astype(np.float64)
    if len(held) < max(least, 2):
        return Mean(len(held), None, None, None)
    given, total = cents[among], float(held.sum())
    value, n = float(held @ given) / total, total**2 / float(held @ held)
    variance = float(held @ (given - value) ** 2) / total * n / (n - 1)
    half = deviations * (variance / n) ** 0.5
    return Mean(len(held), value, value - half, value + half)


def _wilson(value: float, n: float, z: float) -> tuple[float, float]:
    middle = (value + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, min(value, middle - half)), min(
        1.0, max(value, middle + half)
    )  # of none and of all, to the last bit
