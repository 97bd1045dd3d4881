"""The arithmetic of the ratio, on cells (doctors x strata) small enough for numpy.

    own = sqrt(n / (n - 1) * sum (c_i - R e_i)^2) / O      from the doctor's own patients (sandwich, unit-free)
    nat = sqrt(sum of the strata's variances over his patients) / E
    ref = sqrt(sum over strata of n_s^2 var_s / N_s) / E    the means of the reference are estimates too
    se  = sqrt(max(own, nat)^2 + ref^2), of log R; the interval is R exp(-/+ z se)

Simulations with the coverage of these and of other intervals are the reason for the maximum: the own variance alone
covers too little for skewed costs and short lists. Choices: with one patient only, `own` is not defined and `nat` is
used; where O <= 0 there is no interval; when both tau and se are 0 the reliability is 0.

Strata that a published reference holds as one are one in `ref`: their n_s are summed and N_s counts once.
"""

from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from calculators.spread import Floats, between_doctor_spread, limits, reliability, spread_limits

__all__ = [
    "Cells",
    "Flags",
    "Floats",
    "Integers",
    "Measure",
    "Norms",
    "Population",
    "between_doctor_spread",
    "limits",
    "measure",
    "own_weight",
    "reliability",
    "sample_variance",
    "shrunk",
    "spread_limits",
    "without",
]  # fmt: skip
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Integer sums, one row per doctor and one column per stratum. `amount` is in cents (or boxes)."""

    patients: Integers
    amount: Integers
    squares: Integers

    @property
    def within(self) -> Floats:
        """Sum of squared differences to the cell's own mean: exact integers first, so that nothing cancels."""
        scaled = self.patients * self.squares - self.amount**2
        return scaled / np.maximum(self.patients, 1)

    def only(self, doctors: Flags) -> "Cells":
        """The same with nothing in the rows of the other doctors."""
        return Cells(*(np.where(doctors[:, None], getattr(self, one.name), 0) for one in fields(self)))


@dataclass(frozen=True)
class Norms:
    """What a reference says of a patient of each stratum; nan where it has none. One row for all doctors, or one for each.

    mean and variance of his amount; patients: how many are behind the mean (by default infinitely many: it is exact);
    group: place of the first of the strata that are one with it (by default itself).
    """

    mean: Floats
    variance: Floats
    patients: Floats = field(default_factory=lambda: np.array(np.inf))
    group: Integers | None = None

    def together(self, counts: Integers) -> Integers:
        """Doctors x strata -> the same, each group summed in the column of its first stratum."""
        if self.group is None:
            return counts
        return counts @ (self.group[:, None] == np.arange(len(self.group))).astype(np.int64)


@dataclass(frozen=True)
class Measure:
    """One value per doctor; nan where it does not exist. `chance` is the greater of own and nat."""

    observed: Integers
    expected: Floats
    ratio: Floats
    se: Floats
    own: Floats
    nat: Floats
    chance: Floats
    ref: Floats

    def __getitem__(self, place: int) -> "Measure":
        return Measure(*(getattr(self, one.name)[place] for one in fields(self)))


def measure(cells: Cells, norms: Norms) -> Measure:
    """O, E, R and the standard error of log R for each row of cells. Strata without patients count for nothing."""
    expected, observed = _over_patients(cells.patients, norms.mean), cells.amount.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
        positive = np.where((observed > 0) & (expected > 0), observed, np.nan)
        divisor = np.where(np.isnan(positive), np.nan, expected)
        own = np.sqrt(_own_variance(cells, norms, ratio)) / positive
        nat = np.sqrt(_over_patients(cells.patients, norms.variance)) / divisor
        together = norms.together(cells.patients)
        ref = np.sqrt(_over_patients(together**2, norms.variance / norms.patients)) / divisor
    chance = np.fmax(own, nat)
    return Measure(observed, expected, ratio, np.hypot(chance, ref), own, nat, chance, ref)


def _over_patients(counts: Integers, values: Floats) -> Floats:
    """Sum, over the strata with patients, of count times value."""
    some = counts > 0
    return np.where(some, counts * np.where(some, values, 0.0), 0.0).sum(axis=1)


def _own_variance(cells: Cells, norms: Norms, ratio: Floats) -> Floats:
    """n / (n - 1) sum (c_i - R e_i)^2; within a stratum every patient has the same e_i."""
    counts = np.maximum(cells.patients, 1)
    fitted = ratio[:, None] * np.where(cells.patients > 0, norms.mean, 0.0)
    between = np.where(cells.patients > 0, cells.patients * (cells.amount / counts - fitted) ** 2, 0.0)
    n = cells.patients.sum(axis=1)
    return np.where(n > 1, n / np.maximum(n - 1, 1), np.nan) * (cells.within + between).sum(axis=1)


@dataclass(frozen=True)
class Population:
    """The patients of a reference, one value per stratum: 0 where it has none, or where they are with an earlier stratum.

    variance: of a patient (n - 1; 0 for one). line, age: strata x strata, true where both have the same sex, ALD and C2S;
    where they share an age class.
    """

    patients: Floats
    amount: Floats
    variance: Floats
    line: Flags
    age: Flags

    def ruled_variance(self, least: int) -> Floats:
        """The stratum's own variance when it has `least` patients, else that of all patients of its age class, or of all
        patients when these too are fewer."""
        squares = self.variance * (self.patients - 1) + self.amount**2 / np.maximum(self.patients, 1)
        found, everybody = self.variance.copy(), np.ones(len(self.patients), dtype=bool)
        for place in np.flatnonzero(self.patients < least):
            pool = self.age[place] if self.patients[self.age[place]].sum() >= least else everybody
            n, total = self.patients[pool].sum(), self.amount[pool].sum()
            found[place] = (squares[pool].sum() - total**2 / n) / (n - 1) if n > 1 else 0.0
        return found

    def means(self, his: Integers, spent: Integers) -> tuple[Floats, Floats]:
        """Mean of each stratum without these patients and what they cost (doctors x strata), and how many are behind it.

        Where nobody is left: of those left in the strata of the same line, else of all who are left, else nan.
        """
        left = np.maximum(self.patients - his, 0.0)
        rest = np.where(left > 0, self.amount - spent, 0.0)
        line = self.line.astype(float)
        near, near_rest = left @ line, rest @ line
        everybody, all_rest = left.sum(axis=1, keepdims=True), rest.sum(axis=1, keepdims=True)
        behind = np.where(left > 0, left, np.where(near > 0, near, everybody))
        amount = np.where(left > 0, rest, np.where(near > 0, near_rest, all_rest))
        return np.where(behind > 0, amount / np.maximum(behind, 1), np.nan), behind


def without(population: Population, norms: Norms, own: Cells) -> Norms:
    """The norms of the others (doctors x strata): `own` is what each doctor put into the reference, nothing for an outsider.

    A stratum without any patient in the reference gets the mean of its line, or of all: `norms` says that it is missing.
    """
    his, spent = norms.together(own.patients), norms.together(own.amount)
    mean, behind = population.means(his, spent)
    group = np.arange(mean.shape[1]) if norms.group is None else norms.group
    same = (his[:, group] == 0) & ~np.isnan(norms.mean)
    return Norms(
        np.where(same, norms.mean, mean[:, group]),
        norms.variance,
        np.where(same, norms.patients, behind[:, group]),
        group,
    )


def own_weight(cells: Cells, own: Cells, norms: Norms) -> Floats:
    """Share of a doctor in what his patients are compared with: sum of n_s own_s / N_s, over n; nan without patients."""
    there = np.where(norms.patients > 0, norms.patients, np.inf)
    share = np.minimum(norms.together(own.patients) / there, 1.0)
    n = cells.patients.sum(axis=1)
    return np.where(n > 0, (norms.together(cells.patients) * share).sum(axis=1) / np.maximum(n, 1), np.nan)


def shrunk(ratio: Floats, weight: Floats) -> Floats:
    """The ratio drawn towards 1 by its reliability: exp(weight log R)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.exp(weight * np.log(np.where(ratio > 0, ratio, np.nan)))


def sample_variance(patients: int, amount: int, squares: int) -> float:
    """Divides by n - 1; 0 for one patient. Exact until the last division."""
    return (patients * squares - amount**2) / (patients * (patients - 1)) if patients > 1 else 0.0
