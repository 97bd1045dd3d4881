"""The arithmetic of the ratio, on cells (doctors x strata) small enough for numpy.

    own = sqrt(n / (n - 1) * sum (c_i - R e_i)^2) / O      from the doctor's own patients (sandwich, unit-free)
    nat = sqrt(sum of the strata's variances over his patients) / E
    se  = max(own, nat), of log R; the interval is R exp(-/+ z se)

Simulations with the coverage of these and of other intervals are the reason for the maximum: the own variance alone
covers too little for skewed costs and short lists. Choices: with one patient only, `own` is not defined and `nat` is
used; where O <= 0 there is no interval; when both tau and se are 0 the reliability is 0.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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


@dataclass(frozen=True)
class Norms:
    """Mean and variance of a patient's amount in each stratum of the reference; nan where it has no patient."""

    mean: Floats
    variance: Floats


@dataclass(frozen=True)
class Measure:
    """One value per doctor; nan where it does not exist."""

    observed: Integers
    expected: Floats
    ratio: Floats
    se: Floats
    own: Floats
    nat: Floats

    def __getitem__(self, place: int) -> "Measure":
        return Measure(*(getattr(self, field.name)[place] for field in fields(self)))


def measure(cells: Cells, norms: Norms) -> Measure:
    """O, E, R and the standard error of log R for each row of cells. Strata without patients count for nothing."""
    some = cells.patients > 0
    expected = np.where(some, cells.patients * np.where(some, norms.mean, 0.0), 0.0).sum(axis=1)
    observed = cells.amount.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
        positive = np.where((observed > 0) & (expected > 0), observed, np.nan)
        own = np.sqrt(_own_variance(cells, norms, ratio)) / positive
        variance = np.where(some, cells.patients * np.where(some, norms.variance, 0.0), 0.0).sum(axis=1)
        nat = np.sqrt(variance) / np.where(np.isnan(positive), np.nan, expected)
    return Measure(observed, expected, ratio, np.fmax(own, nat), own, nat)


def _own_variance(cells: Cells, norms: Norms, ratio: Floats) -> Floats:
    """n / (n - 1) sum (c_i - R e_i)^2; within a stratum every patient has the same e_i."""
    counts = np.maximum(cells.patients, 1)
    fitted = ratio[:, None] * np.where(cells.patients > 0, norms.mean, 0.0)
    between = np.where(cells.patients > 0, cells.patients * (cells.amount / counts - fitted) ** 2, 0.0)
    n = cells.patients.sum(axis=1)
    return np.where(n > 1, n / np.maximum(n - 1, 1), np.nan) * (cells.within + between).sum(axis=1)


def limits(ratio: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    """Lower and upper limit of R at z standard errors of log R."""
    return ratio * np.exp(-z * se), ratio * np.exp(z * se)


def between_doctor_spread(ratio: Floats, se: Floats) -> float:
    """tau: standard deviation of log R between doctors beyond chance, full DerSimonian-Laird (no trimming)."""
    weight, effect = 1 / se**2, np.log(ratio)
    centre = (weight * effect).sum() / weight.sum()
    heterogeneity = (weight * (effect - centre) ** 2).sum() - (len(effect) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return float(np.sqrt(max(0.0, heterogeneity / scale)))


def reliability(se: Floats, tau: float) -> Floats:
    """Share of the difference between doctors that is not chance: tau^2 / (tau^2 + se^2)."""
    total = tau**2 + se**2
    return np.where(total > 0, tau**2 / np.where(total > 0, total, 1.0), np.where(np.isnan(se), np.nan, 0.0))


def shrunk(ratio: Floats, weight: Floats) -> Floats:
    """The ratio drawn towards 1 by its reliability: exp(weight log R)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.exp(weight * np.log(np.where(ratio > 0, ratio, np.nan)))


def sample_variance(patients: int, amount: int, squares: int) -> float:
    """Divides by n - 1; 0 for one patient. Exact until the last division."""
    return (patients * squares - amount**2) / (patients * (patients - 1)) if patients > 1 else 0.0
