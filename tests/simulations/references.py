"""How often the interval holds the true ratio when the reference is itself made of few doctors.

    python -m tests.simulations.references [--draws 4000] [--patients 700] [--seed 1]

As in `coverage.py`, but the doctors of the reference are drawn too: each has as many patients as the doctor looked at, and a
level of his own around 1 (standard deviation of its logarithm 0.15), by which he prescribes more or less to everyone (so
without the shape `frequence`). The truth is what the interval is for: the doctor's
long-run spend over what his patients would cost in the long run with the doctors of that reference, each patient of a
stratum costing the mean of those doctors, weighted by their patients there (with himself among them when he is inside, with
the others only for the ratio without himself).

Printed by size of the reference: share of outsiders who have patients in a stratum it lacks, thus no ratio; shares of
draws (%) whose nominal 95 % interval holds the truth, for doctors outside it, inside it, inside it and without themselves;
the first and the last again if the reference were taken as exact. One doctor inside is alone: he has no ratio.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from calculators.sobriety import statistics
from calculators.sobriety.definition import load_definition
from calculators.sobriety.statistics import Cells, Floats, Norms, Population
from calculators.sobriety.strata import same_age, same_line
from tests.simulations.coverage import SHAPES, ZEROS, Shape, cells, strata

KINDS = tuple(shape for shape in SHAPES if shape.treated == 1)
DOCTORS = (1, 2, 3, 5, 10, 20, 50, 500)
SPREAD = 0.15
DEFINITION = load_definition(2025)
LEAST = 20
"""References drawn at least, of the largest sizes too: their doctors share its errors."""
MOST = 40
"""For one doctor alone most draws lack a stratum: at most so many times more references are drawn."""


@dataclass
class Tally:
    """Outcomes added up."""

    held: int = 0
    drawn: int = 0

    def add(self, found: Floats, truth: Floats, se: Floats) -> None:
        low, high = statistics.limits(found, se, DEFINITION.interval.z_95)
        self.held += int(((low <= truth) & (truth <= high)).sum())
        self.drawn += len(truth)

    @property
    def share(self) -> float:
        return self.held / self.drawn if self.drawn else math.nan


@dataclass
class Outcomes:
    """Of one shape and one size of reference."""

    outside: Tally
    inside: Tally
    without: Tally
    outside_exact: Tally
    without_exact: Tally
    lacking: int = 0

    @property
    def lacking_share(self) -> float:
        return self.lacking / max(self.lacking + self.outside.drawn, 1)


def simulate(shape: Shape, doctors: int, patients: int, draws: int, seed: int) -> Outcomes:
    """Draw references of so many doctors, and as many outsiders, until `draws` doctors of each kind are looked at."""
    rng, found = np.random.default_rng([seed, doctors, patients]), Outcomes(*(Tally() for _ in range(5)))
    least = max(math.ceil(draws / doctors), LEAST)
    for drawn in range(MOST * least):
        if drawn >= least and found.outside.drawn >= draws:
            break
        _add_one(found, shape, doctors, patients, rng)
    return found


def _add_one(found: Outcomes, shape: Shape, doctors: int, patients: int, rng: np.random.Generator) -> None:
    """One reference, its doctors, and as many outsiders."""
    (inside, level), (outside, other) = (_doctors(shape, doctors, patients, rng) for _ in range(2))
    whole = _population(inside)
    norms = Norms(
        np.where(whole.patients > 0, whole.amount / np.maximum(whole.patients, 1), np.nan),
        whole.ruled_variance(DEFINITION.expected.own_variance_from), whole.patients,
    )  # fmt: skip
    means, _ = strata()
    spends = inside.patients * level[:, None] * means
    truth = replace(whole, amount=spends.sum(axis=0))
    here = ~((outside.patients > 0) & (whole.patients == 0)).any(axis=1)
    found.lacking += int((~here).sum())
    long_run, _ = truth.means(np.zeros((1, len(means)), dtype=np.int64), np.zeros((1, len(means))))
    _tally(found.outside, found.outside_exact, _rows(outside, here), norms, other[here], long_run, means)
    if doctors > 1:
        _tally(found.inside, None, inside, norms, level, long_run, means)
        others = statistics.without(whole, norms, inside)
        long_run, _ = truth.means(inside.patients, spends)
        _tally(found.without, found.without_exact, inside, others, level, long_run, means)


def _tally(
    tally: Tally, exact: Tally | None, given: Cells, norms: Norms, level: Floats, long_run: Floats, means: Floats
) -> None:
    """Compare the interval of these doctors with their true ratios."""
    if not len(level):
        return
    measure = statistics.measure(given, norms)
    truth = (
        level
        * (given.patients * means).sum(axis=1)
        / np.where(given.patients > 0, given.patients * long_run, 0).sum(axis=1)
    )
    tally.add(measure.ratio, truth, measure.se)
    if exact:
        exact.add(measure.ratio, truth, measure.chance)


def _doctors(shape: Shape, count: int, patients: int, rng: np.random.Generator) -> tuple[Cells, Floats]:
    """Cells of doctors of this shape, and the level of each."""
    means, shares = strata()
    level = np.exp(rng.normal(0, SPREAD, count))
    parts = []
    for block in np.array_split(level, math.ceil(count / 50)):
        stratum = rng.choice(len(shares), (len(block), patients), p=shares)
        treated = 1 - ZEROS[stratum]
        cost = shape.draw(rng, block[:, None] * means[stratum] / treated)
        cents = np.rint(np.where(rng.random(cost.shape) < treated, cost, 0.0)).astype(np.int64)
        parts.append(cells(stratum, cents, len(shares)))
    return Cells(*(np.concatenate([getattr(part, name) for part in parts]) for name in NAMES)), level


NAMES = ("patients", "amount", "squares")


def _rows(given: Cells, kept: statistics.Flags) -> Cells:
    return Cells(*(getattr(given, name)[kept] for name in NAMES))


def _population(inside: Cells) -> Population:
    """The patients of these doctors."""
    n, amount, squares = (getattr(inside, name).sum(axis=0) for name in NAMES)
    variance = [statistics.sample_variance(*map(int, row)) for row in zip(n, amount, squares, strict=True)]
    return Population(
        n.astype(float), amount.astype(float), np.array(variance), same_line(DEFINITION), same_age(DEFINITION)
    )


def lines(draws: int, patients: int, seed: int, shapes: tuple[Shape, ...] = KINDS) -> Iterator[str]:
    yield "shape      doctors  lacking a stratum %  outside %  inside %  without self %  outside, exact %  without, exact %"
    for shape in shapes:
        for doctors in DOCTORS:
            found = simulate(shape, doctors, patients, draws, seed)
            kinds = (found.outside, found.inside, found.without, found.outside_exact, found.without_exact)
            shares = [100 * found.lacking_share, *(100 * kind.share for kind in kinds)]
            yield f"{shape.name:10} {doctors:7} " + " ".join(
                f"{share:{width}.1f}" for share, width in zip(shares, (20, 10, 9, 15, 17, 17), strict=True)
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--patients", type=int, default=700)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"{options.draws} draws or more; Monte Carlo error at 95 %: {100 * np.sqrt(0.95 * 0.05 / options.draws):.2f} points"
    )
    for line in lines(options.draws, options.patients, options.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
