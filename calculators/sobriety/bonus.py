"""The sobriety bonus as a probability, never a yes or no. Both routes are known from the press only.

Lowest ratios: with T the ratio under which the given share of the reference's doctors are, and the doctor's true log
ratio taken as normal around its shrunk value, P = Phi((log T - weight log R) / (tau se / sqrt(tau^2 + se^2))).
Unknown where the doctors of the reference do not differ beyond chance (tau = 0).
Fall: P = Phi((log(1 - fall) - log(R2 / R1)) / paired se).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa

from calculators.rules import Basis
from calculators.sobriety.change import RatioChange
from calculators.sobriety.definition import Definition
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reference import Reference

LOWEST, FALL = "ratio_le_plus_faible", "baisse"
SCHEMA = pa.schema(
    [
        ("route", pa.string()), ("threshold", pa.float64()), ("probability", pa.float64()),
        ("amount_euros", pa.float64()), ("low_euros", pa.float64()), ("high_euros", pa.float64()),
        ("basis", pa.string()), ("reason", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One row."""

    route: str
    threshold: float | None
    probability: float | None
    amount_euros: float | None
    basis: Basis
    reason: str


def bonus(ratio: Ratio, reference: Reference, definition: Definition, change: RatioChange | None = None) -> pa.Table:
    """One row per route: route, threshold (a ratio; or the fall as a negative share), probability, amount_euros
    (probability x amount), low_euros and high_euros (the two outcomes), basis, reason (French, when unknown).

    `change` is None when there is no year before.
    """
    rows = [_lowest(ratio, reference, definition), _fall(change, definition)]
    about = {
        "low_euros": 0.0, "high_euros": float(definition.bonus.amount_euros), "basis": definition.bonus.reference.basis
    }  # fmt: skip
    for row in rows:
        row |= about
        if ratio.year < definition.bonus.first_year:
            row |= {"probability": None, "reason": f"Le bonus n’existe que depuis {definition.bonus.first_year}."}
        if row["probability"] is not None:
            row["amount_euros"] = row["probability"] * definition.bonus.amount_euros
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def lowest_threshold(reference: Reference, definition: Definition) -> float | None:
    """Ratio under which the rewarded share of the reference's doctors are; None when they are too few to say."""
    if reference.size < definition.spread.minimum_doctors:
        return None
    return reference.centile(definition.bonus.lowest_percent)


def _lowest(ratio: Ratio, reference: Reference, definition: Definition) -> dict[str, Any]:
    threshold = lowest_threshold(reference, definition)
    row: dict[str, Any] = {"route": LOWEST, "threshold": threshold, "probability": None, "reason": ""}
    if ratio.se is None or ratio.shrunk_ratio is None:
        return row | {"reason": ratio.reason}
    if threshold is None or threshold <= 0:
        return row | {"reason": "La référence a trop peu de médecins pour situer les ratios les plus faibles."}
    tau = reference.tau(definition)
    if tau == 0:
        return row | {"reason": "Les médecins de la référence ne diffèrent que par hasard : aucun rang n’a de sens."}
    spread = tau * ratio.se / np.hypot(tau, ratio.se)
    return row | {"probability": _below(np.log(threshold) - np.log(ratio.shrunk_ratio), spread)}


def _fall(change: RatioChange | None, definition: Definition) -> dict[str, Any]:
    threshold = -definition.bonus.fall_over_percent / 100
    row: dict[str, Any] = {"route": FALL, "threshold": threshold, "probability": None, "reason": ""}
    if change is None or change.se is None:
        return row | {"reason": change.reason if change else "Le ratio de l’année précédente n’est pas connu."}
    return row | {"probability": _below(np.log1p(threshold) - change.log_change, change.se)}


def _below(distance: float, spread: float) -> float:
    """Probability that a normal value of this spread lies under a limit at this distance; certain without spread."""
    return NormalDist().cdf(distance / spread) if spread > 0 else float(distance > 0)
