"""How far apart doctors are beyond chance, and what that makes of one of them: the same for every ratio.

Arrays of one value per doctor: `ratio` (observed / expected, above 0) and `se` (of its logarithm, of chance alone).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def limits(ratio: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    """Lower and upper limit of R at z standard errors of log R; an upper one beyond what a number holds is infinite, which
    results leave out."""
    with np.errstate(over="ignore"):
        return ratio * np.exp(-z * se), ratio * np.exp(z * se)


def between_doctor_spread(ratio: Floats, se: Floats) -> float:
    """tau: standard deviation of log R between doctors beyond chance, full DerSimonian-Laird (no trimming)."""
    weight, effect = 1 / se**2, np.log(ratio)
    centre = (weight * effect).sum() / weight.sum()
    heterogeneity = (weight * (effect - centre) ** 2).sum() - (len(effect) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    return float(np.sqrt(max(0.0, heterogeneity / scale)))


def spread_limits(ratio: Floats, se: Floats) -> tuple[float, float]:
    """95 % limits of tau by Q-profile: where Q(tau^2) = sum (log R - mean)^2 / (se^2 + tau^2) is the centile 97.5, and the
    centile 2.5, of a chi-square with one degree of freedom less than doctors; 0 where it is below from the start."""
    from scipy.special import chdtri  # takes longer to load than all the rest of a command

    effect, variance, degrees = np.log(ratio), se**2, len(ratio) - 1
    low, high = (_where_q_is(float(chdtri(degrees, above)), effect, variance) for above in (0.025, 0.975))
    return float(np.sqrt(low)), float(np.sqrt(high))


def _where_q_is(target: float, effect: Floats, variance: Floats) -> float:
    """Newton's steps from 0: Q falls and is convex, so they never go beyond."""
    found, step = 0.0, 1.0
    while step > 1e-14 * (1 + found):
        weight = 1 / (variance + found)
        apart = (effect - (weight * effect).sum() / weight.sum()) ** 2
        step = ((weight * apart).sum() - target) / (weight**2 * apart).sum() if apart.any() else 0.0
        found += max(step, 0.0)
    return found


def reliability(se: Floats, tau: float) -> Floats:
    """Share of the difference between doctors that is not chance: tau^2 / (tau^2 + se^2)."""
    total = tau**2 + se**2
    return np.where(total > 0, tau**2 / np.where(total > 0, total, 1.0), np.where(np.isnan(se), np.nan, 0.0))
