"""The insurer's own figure, typed in: laid beside the record, and given the interval it lacks.

The figure is observed, expected, ratio and number of faithful patients of a year, as the insurer's service shows them. Its
strata are not shown, so that every patient is expected to cost E / n [hypothese]: the part of chance is then at its widest,
own = sqrt(n / (n - 1) sum (c_i - mean)^2) / O, over his own patients in the record. The interval is R exp(-/+ t own) with t
of n - 1 degrees; that of a change is paired over the patients of both years. The part of the reference is nil: the country.

The classes tracked are those of the reference in use; without one, those that a GP initiated for more than half of his own
patients [hypothese].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calculators.errors import UserError
from calculators.records.store import Store
from calculators.sobriety import coverage
from calculators.sobriety.definition import Definition
from calculators.sobriety.statistics import Floats
from calculators.sobriety.steps import Steps
from calculators.sobriety.volunteers import scope_of, tracked_of

ROUNDING = 0.006
"""How far a ratio shown with two decimals may be from observed / expected, for a ratio of 1."""


@dataclass(frozen=True)
class Typed:
    """What the insurer shows, in cents; `patients` where it says so."""

    year: int
    observed_cents: int
    expected_cents: int
    ratio: float
    patients: int | None = None


@dataclass(frozen=True)
class Spending:
    """The record's own figures of the year: spend of each faithful patient, by id; classes tracked, and whether a reference
    told them."""

    cents: dict[str, int]
    classes: int
    of_a_reference: bool

    @property
    def observed_cents(self) -> int:
        return sum(self.cents.values())


@dataclass(frozen=True)
class Interval:
    """The typed ratio with its limits at 95 and 99.8 %, and the relative standard error."""

    ratio: float
    se: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True)
class Change:
    """From one typed year to the next: relative change, and its 95 % limits."""

    change: float
    low: float
    high: float


def check(typed: Typed) -> None:
    """Raises UserError (French) when the three figures do not go together."""
    if typed.observed_cents <= 0 or typed.expected_cents <= 0 or typed.ratio <= 0:
        raise UserError("L’observé, l’attendu et le ratio sont des nombres plus grands que zéro.")
    found = typed.observed_cents / typed.expected_cents
    if abs(found - typed.ratio) > ROUNDING * max(1.0, found):
        shown = f"{found:.2f}".replace(".", ",")
        given = f"{typed.ratio:.2f}".replace(".", ",")
        raise UserError(
            f"{typed.year} : l’observé divisé par l’attendu fait {shown}, le ratio saisi est de {given}. Recopiez les trois "
            "de la même page et de la même année."
        )


def spending(store: Store, year: int, definition: Definition, doctor: str, tracked: Sequence[str] | None) -> Spending:
    """The record's own figures. Raises UserError (French) when it does not have the year."""
    if why := coverage.problem(store, year):
        raise UserError(f"{why} Sans ces données, le chiffre de l’Assurance maladie reste sans intervalle.")
    classes = list(tracked) if tracked is not None else _of_his_own(store, year, definition, doctor)
    steps = Steps(store, year, definition)
    steps.cohort([store.doctor(doctor).key])
    steps.tracked(classes)
    steps.spend()
    rows = steps.engine.fetch(
        "select k.patient_id, s.cents from spend s join patient_keys k on k.patient = s.patient order by k.patient_id"
    )
    cents = dict(zip(rows["patient_id"].to_pylist(), rows["cents"].to_pylist(), strict=True))
    return Spending(cents, len(classes), tracked is not None)


def _of_his_own(store: Store, year: int, definition: Definition, doctor: str) -> list[str]:
    rows = scope_of(store, year, definition, doctor).rows
    classes = [row.removesuffix(" initiations") for row in rows if row.endswith(" initiations")]
    return [atc for atc in classes if tracked_of(rows[f"{atc} initiations"], rows[f"{atc} gp_initiations"], definition)]


def interval(typed: Typed, own: Spending, definition: Definition) -> Interval | None:
    """None with fewer than two patients, or nothing observed in the record."""
    from scipy.special import stdtrit  # takes longer to load than all the rest of a page

    n = len(own.cents)
    if n < 2 or own.observed_cents <= 0:
        return None
    se = float(np.sqrt(n / (n - 1) * (_apart(own) ** 2).sum()))
    limits = []
    for z in (definition.interval.z_95, definition.interval.z_998):
        t = float(stdtrit(n - 1, 0.5 * (1 + math.erf(z / math.sqrt(2)))))
        limits += [typed.ratio * math.exp(-t * se), typed.ratio * math.exp(t * se)]
    return Interval(typed.ratio, se, *limits)


def _apart(own: Spending) -> Floats:
    """What each patient costs beyond the mean, over all that was observed."""
    cents = np.array(list(own.cents.values()), dtype=np.float64)
    return (cents - cents.mean()) / cents.sum()


def change(before: Typed, now: Typed, own_before: Spending, own_now: Spending, definition: Definition) -> Change | None:
    """The change of the ratio, paired over the patients of either year; None where a year has nothing to tell it from."""
    if (
        min(len(own_before.cents), len(own_now.cents)) < 2
        or min(own_before.observed_cents, own_now.observed_cents) <= 0
    ):
        return None
    apart: dict[str, float] = {}
    for sign, own in ((1.0, own_now), (-1.0, own_before)):
        for patient, beyond in zip(own.cents, _apart(own).tolist(), strict=True):
            apart[patient] = apart.get(patient, 0.0) + sign * beyond
    se = math.sqrt(sum(one**2 for one in apart.values()))
    effect = math.log(now.ratio / before.ratio)
    low, high = (math.exp(effect + sign * definition.interval.z_95 * se) - 1 for sign in (-1, 1))
    return Change(math.exp(effect) - 1, low, high)
