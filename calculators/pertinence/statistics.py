"""The arithmetic of the measures, on sums small enough for numpy.

    phi   = max(1, [sum (n_s - 1) v_s / (N - k)] / [sum S_s / N])      over the strata of the reference
    ratio = numerator / expected, its interval ratio exp(-/+ z sqrt(phi / numerator))
    d_i   = (c_N - r_N m_N) / C_N - (c_P - r_P m_P) / C_P              for each patient of either list
    se of the log of the change = sqrt(sum d_i^2)

A count of clustered events (three courses of one patient) varies more than Poisson's; phi says by how much. It is a choice,
and its coverage is simulated. v_s divides by n - 1; the rates of the year and of the year before err together, for most
patients are the same.
"""

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from calculators.spread import Floats


class Interval(NamedTuple):
    low: float
    high: float


def overdispersion(patients: Floats, numerator: Floats, squares: Floats) -> float:
    """phi, from the strata of a reference; 1 where it has too few patients, or nothing is counted."""
    total, strata, counted = patients.sum(), len(patients), numerator.sum()
    if total <= strata or counted <= 0:
        return 1.0
    within = (squares - numerator**2 / np.maximum(patients, 1)).sum() / (total - strata)
    return float(max(1.0, within / (counted / total)))


def of_count(ratio: float, numerator: float, phi: float, z: float) -> Interval:
    """Limits of a ratio whose numerator is a count."""
    width = z * sqrt(phi / numerator)
    return Interval(ratio * exp(-width), ratio * exp(width))


def wilson(numerator: float, denominator: float, z: float) -> Interval:
    """Wilson's limits of a proportion."""
    n, p = denominator, min(max(numerator / denominator, 0.0), 1.0)
    centre, width = p + z**2 / (2 * n), z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return Interval((centre - width) / (1 + z**2 / n), (centre + width) / (1 + z**2 / n))


def of_change(before: float, now: float, squares: float, z: float) -> Interval:
    """Limits of now / before - 1; `squares`: sum of d_i squared."""
    middle, width = log(now / before), z * sqrt(squares)
    return Interval(exp(middle - width) - 1, exp(middle + width) - 1)


def of_difference(differences: Floats, z: float) -> Interval:
    """Limits of the mean of paired differences; both are the mean where there is one patient alone."""
    n, mean = len(differences), float(differences.mean())
    width = z * float(differences.std(ddof=1)) / sqrt(n) if n > 1 else 0.0
    return Interval(mean - width, mean + width)
