"""How often the intervals of the measures hold the true ratio: `python -m tests.simulations.measures` prints the table.

Patients of 20 strata whose rates differ; each patient's own rate is a gamma around his stratum's (some have several events,
most none), his count Poisson. phi comes from a reference of 200 000 patients, as the program computes it. A doctor's
patients have `theta` times the rates of the reference.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.random import Generator

from calculators.pertinence import statistics

STRATA = 20
SIZES = (300, 700, 1200)


@dataclass(frozen=True)
class Shape:
    """What is counted: mean per patient, and shape of the gamma between patients (small: few have nearly all)."""

    name: str
    mean: float
    spread: float


SHAPES = (
    Shape("antibiotiques", 0.43, 1.5), Shape("vitamine D", 0.045, 3.0), Shape("opioïdes, boîtes", 1.0, 0.05),
    Shape("arrêts, jours", 8.0, 0.08),
)  # fmt: skip


def drawn(draw: Generator, shape: Shape, strata: np.ndarray, theta: float) -> np.ndarray:
    """The count of each patient."""
    means = theta * rates(shape)[strata]
    return draw.poisson(means * draw.gamma(shape.spread, 1 / shape.spread, len(strata)))


def rates(shape: Shape) -> np.ndarray:
    found = np.linspace(0.4, 1.6, STRATA)
    return shape.mean * found


def phi(shape: Shape, seed: int) -> float:
    draw = np.random.default_rng(seed)
    strata = draw.integers(0, STRATA, 200_000)
    counts = drawn(draw, shape, strata, 1.0)
    sizes, sums, squares = (
        np.bincount(strata, weights, STRATA) for weights in (None, counts.astype(float), counts.astype(float) ** 2)
    )
    return statistics.overdispersion(sizes.astype(float), sums, squares)


def held(shape: Shape, size: int, theta: float, draws: int, seed: int) -> float:
    """Share of the 95 % intervals that hold `theta`, of those that are given (5 events and more)."""
    draw, over = np.random.default_rng(seed), phi(shape, seed)
    inside = given = 0
    for _ in range(draws):
        strata = draw.integers(0, STRATA, size)
        count, expected = int(drawn(draw, shape, strata, theta).sum()), rates(shape)[strata].sum()
        if count >= 5:
            low, high = statistics.of_count(count / expected, count, over, 1.96)
            given += 1
            inside += low <= theta <= high
    return inside / given


def main() -> None:
    print("| compté | φ | " + " | ".join(f"θ {theta}, n {size}" for theta, size in product((1.0, 1.5), SIZES)) + " |")
    for shape in SHAPES:
        found = [held(shape, size, theta, 4000, 7) for theta, size in product((1.0, 1.5), SIZES)]
        print(f"| {shape.name} | {phi(shape, 7):.1f} | " + " | ".join(f"{100 * one:.1f}" for one in found) + " |")


if __name__ == "__main__":
    main()
