"""How often the interval of the ratio holds the true ratio, on invented costs: the reason for `se = max(own, nat)`.

    python -m tests.simulations.coverage [--draws 4000] [--seed 1]

A doctor's patients fall at random into the 40 strata, whose mean spend and share of patients without any are set to look
like the published totals (93 euro a patient and year). The true ratio is known, the reference is exact, the interval is
the program's own (`calculators.sobriety.statistics`). Shapes:

* `moderee`: zeros, then a lognormal of coefficient of variation about 1.9 over all patients; the true ratio is 1;
* `concentree`: a longer tail (about 2.4), the doctor prescribing 30 % more to everyone;
* `frequence`: as `moderee`, 20 % fewer of his patients being treated (a shape the reference variance alone covers badly);
* `etalee`: a gamma with as many zeros, thinner tail;
* `lourde`: a stress test, a far longer tail and 5 patients in 1 000 costing 12 times more, true ratio 1.3.

Printed: share of draws (%) whose nominal 95 % interval holds the true ratio, by list size; for the recommended interval,
for each of its two parts alone, and on which side the recommended one fails.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calculators.sobriety import statistics
from calculators.sobriety.definition import load_definition
from calculators.sobriety.statistics import Cells, Norms

Floats = npt.NDArray[np.float64]
Draw = Callable[[np.random.Generator, Floats], Floats]
SIZES = (101, 300, 700, 1000, 1500)
BLOCK = 500
"""Draws at a time: memory stays small."""
AGES, SEXES, RIGHTS = 5, 2, 4
MEANS = np.outer([25.0, 50.0, 95.0, 140.0, 190.0], [1.0, 0.9]).ravel()
"""Mean spend in euro by age and sex, without ALD or C2S."""
OF_RIGHTS, SHARE_OF_RIGHTS = np.array([0.8, 1.7, 0.9, 2.0]), np.array([0.66, 0.22, 0.09, 0.03])
SHARE_OF_AGES = np.array([0.36, 0.24, 0.15, 0.13, 0.12])
ZEROS = np.repeat([0.38, 0.24, 0.14, 0.08, 0.06], SEXES * RIGHTS)
HEAVY_SHARE, HEAVY_TIMES = 0.005, 12.0


@dataclass(frozen=True)
class Shape:
    """How a treated patient's cost varies around its mean, and how the doctor differs."""

    name: str
    variation: float
    draw: Draw
    scale: float = 1.0
    treated: float = 1.0

    @property
    def true_ratio(self) -> float:
        return self.scale * self.treated


@dataclass(frozen=True)
class Coverage:
    """Shares of draws: the interval holds the true ratio; the true one is above or below it; each part alone holds it."""

    shape: str
    size: int
    held: float
    above: float
    below: float
    own: float
    nat: float


def lognormal(variation: float) -> Draw:
    """Multiples of the mean with this coefficient of variation."""
    sigma = np.sqrt(np.log1p(variation**2))
    return lambda rng, mean: mean * rng.lognormal(-(sigma**2) / 2, sigma, mean.shape)


def gamma(variation: float) -> Draw:
    return lambda rng, mean: mean * rng.gamma(1 / variation**2, variation**2, mean.shape)


def heavy(variation: float) -> Draw:
    """A lognormal, and a few patients many times dearer; the mean stays."""
    usual, tail = lognormal(variation), 1 + HEAVY_SHARE * (HEAVY_TIMES - 1)
    return lambda rng, mean: usual(rng, mean) * np.where(rng.random(mean.shape) < HEAVY_SHARE, HEAVY_TIMES, 1.0) / tail


def heavy_variation(variation: float) -> float:
    """Coefficient of variation of `heavy`."""
    tail = 1 + HEAVY_SHARE * (HEAVY_TIMES - 1)
    return float(np.sqrt((1 + variation**2) * (1 + HEAVY_SHARE * (HEAVY_TIMES**2 - 1)) / tail**2 - 1))


SHAPES = (
    Shape("moderee", 1.5, lognormal(1.5)),
    Shape("concentree", 2.0, lognormal(2.0), scale=1.3),
    Shape("frequence", 1.5, lognormal(1.5), treated=0.8),
    Shape("etalee", 1.5, gamma(1.5)),
    Shape("lourde", heavy_variation(2.3), heavy(2.3), scale=1.3),
)
HEAVY = ("lourde",)


def strata() -> tuple[Floats, Floats]:
    """Mean spend in cents and share of patients of the 40 strata."""
    means = np.outer(MEANS, OF_RIGHTS).ravel() * 100
    shares = np.outer(np.repeat(SHARE_OF_AGES / SEXES, SEXES), SHARE_OF_RIGHTS).ravel()
    return means, shares / shares.sum()


def norms(shape: Shape) -> Norms:
    """What a reference without error would hold: of the ordinary doctor, not of this one."""
    means, _ = strata()
    treated = 1 - ZEROS
    return Norms(means, means**2 * ((1 + shape.variation**2) / treated - 1))


def doctors(shape: Shape, size: int, draws: int, rng: np.random.Generator) -> Iterator[Cells]:
    """Cells of `draws` doctors with as many patients each, by blocks."""
    means, shares = strata()
    for first in range(0, draws, BLOCK):
        count = min(BLOCK, draws - first)
        stratum = rng.choice(len(shares), (count, size), p=shares)
        treated = 1 - ZEROS[stratum]
        cost = shape.draw(rng, shape.scale * means[stratum] / treated)
        cents = np.rint(np.where(rng.random((count, size)) < shape.treated * treated, cost, 0.0)).astype(np.int64)
        yield cells(stratum, cents, len(shares))


def cells(stratum: npt.NDArray[np.int64], cents: npt.NDArray[np.int64], strata: int) -> Cells:
    """Doctors x patients -> doctors x strata, exact."""
    place = stratum + strata * np.arange(len(stratum))[:, None]
    filled = [np.zeros(len(stratum) * strata, dtype=np.int64) for _ in range(3)]
    for values, amount in zip(filled, (np.ones_like(cents), cents, cents**2), strict=True):
        np.add.at(values, place.ravel(), amount.ravel())
    return Cells(*(values.reshape(len(stratum), strata) for values in filled))


def simulate(shape: Shape, size: int, draws: int, seed: int) -> Coverage:
    """Draw, measure, count."""
    z, reference = load_definition(2025).interval.z_95, norms(shape)
    outcomes = [outcome(cells, reference, shape.true_ratio, z) for cells in
                doctors(shape, size, draws, np.random.default_rng([seed, size]))]  # fmt: skip
    return Coverage(shape.name, size, *np.concatenate(outcomes, axis=1).mean(axis=1).tolist())


def outcome(given: Cells, reference: Norms, truth: float, z: float) -> npt.NDArray[np.bool_]:
    """Five rows (held, above, below, own, nat), one column per doctor."""
    found = statistics.measure(given, reference)
    low, high = statistics.limits(found.ratio, found.se, z)
    alone = [_holds(found.ratio, se, z, truth) for se in (found.own, found.nat)]
    return np.array([(low <= truth) & (truth <= high), truth > high, truth < low, *alone])


def _holds(ratio: Floats, se: Floats, z: float, truth: float) -> npt.NDArray[np.bool_]:
    low, high = statistics.limits(ratio, se, z)
    return (low <= truth) & (truth <= high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{options.draws} draws; Monte Carlo error at 95 %: {100 * np.sqrt(0.95 * 0.05 / options.draws):.2f} points")
    print("shape      patients  held %  true above %  true below %  own alone %  nat alone %")
    for shape in SHAPES:
        for size in SIZES:
            print(line(simulate(shape, size, options.draws, options.seed)), flush=True)


def line(found: Coverage) -> str:
    shares = (found.held, found.above, found.below, found.own, found.nat)
    held, above, below, own, nat = (100 * share for share in shares)
    return f"{found.shape:10} {found.size:8} {held:7.1f} {above:13.1f} {below:13.1f} {own:12.1f} {nat:12.1f}"


if __name__ == "__main__":
    main()
