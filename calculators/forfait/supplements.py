"""Lines paid to the doctor himself: majorations of the base, the old C2S supplement, means, installation aid.

Integers throughout: an amount is base x fraction, rounded half up to the cent once. A condition that the record does
not establish (no date of birth, no zone) does not hold. Year 1 of an installation is its calendar year.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from calculators import dates
from calculators.errors import UserError
from calculators.forfait.cohort import UNKNOWN_DAY, Doctors, Ints
from calculators.forfait.version import Aid, Majoration, Part, Version
from calculators.rules import Basis, suggest

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class DoctorLine:
    """One line for several doctors: their positions, their amounts in cents, the rates they come from if any."""

    part: Part
    line: str
    label: str
    basis: Basis
    who: npt.NDArray[np.intp]
    amount_cents: Ints
    due_on: list[date]
    rate: npt.NDArray[np.float64] | None = None


def of_the_base(
    version: Version, year: int, doctors: Doctors, base_cents: Ints, patients: Ints, with_c2s: Ints
) -> Iterator[DoctorLine]:
    """Majorations that apply, then the supplement for the share of C2S patients beyond the threshold."""
    for key, holds in _majorations_kept(version, year, doctors).items():
        line = version.majoration[key]
        who = np.flatnonzero(holds & (patients > 0))
        rate = Fraction(line.rate)
        amounts = _rounded(base_cents[who] * rate.numerator, rate.denominator)
        due = version.months_paid("majoration", year)[:1] * len(who)
        yield DoctorLine("majoration", key, line.label, line.basis, who, amounts, due, np.full(len(who), float(rate)))
    if version.c2s.au_dela_du_seuil:
        yield _c2s_share(version, year, base_cents, patients, with_c2s)


def beside_the_base(version: Version, year: int, doctors: Doctors, entered: Mapping[str, int]) -> Iterator[DoctorLine]:
    """Means (or what the doctor entered, in cents, in their place), then the installation aid of the year.

    What is entered replaces a mean only where the version pays that part: no ROSP appears in a version without it.
    """
    unknown = [part for part in entered if part not in ("rosp", "structure", "donum")]
    if unknown:
        raise UserError(f"« {unknown[0]} » ne se saisit pas ; {suggest(unknown[0], ['rosp', 'structure', 'donum'])}")
    everyone = np.arange(len(doctors))
    for part, mean in version.means.items():
        if mean.amount:
            cents = entered.get(part, int(mean.amount * 100))
            label = f"{mean.label} (montant saisi)" if part in entered else mean.label
            amounts = np.full(len(doctors), cents, dtype=np.int64)
            due = version.months_paid(part, year)[:1] * len(doctors)
            basis: Basis = "hypothese" if part in entered else mean.basis
            yield DoctorLine(part, part, label, basis, everyone, amounts, due)
    for key, aid in version.aide.items():
        yield _aid(key, aid, year, doctors)


def _majorations_kept(version: Version, year: int, doctors: Doctors) -> dict[str, Flags]:
    holds = {key: _holds(line, year, doctors) for key, line in version.majoration.items()}
    if version.cumul.premiere_installation == "replaces":
        for key, line in version.majoration.items():
            for other in line.replaces:
                holds[other] = holds[other] & ~holds[key]
    return _greatest_alone(version, holds) if version.cumul.majorations == "greatest" and holds else holds


def _greatest_alone(version: Version, holds: dict[str, Flags]) -> dict[str, Flags]:
    """The first of the file among equals."""
    keys = list(holds)
    rates = np.array([np.where(holds[key], float(version.majoration[key].rate), -1.0) for key in keys])
    best = rates.argmax(axis=0)
    return {key: holds[key] & (best == position) for position, key in enumerate(keys)}


def _holds(line: Majoration, year: int, doctors: Doctors) -> Flags:
    zone = np.isin(doctors.zone, line.zones) if line.zones else np.ones(len(doctors), dtype=bool)
    age = np.where(doctors.birth_year < 0, -1, year - doctors.birth_year)
    result = zone & line.age.holds(age)
    if line.installation_year.min is None and line.installation_year.max is None:
        return result
    first = doctors.first_installation & (doctors.installed_year >= 0)
    years = np.where(first, year - doctors.installed_year + 1, -1)
    return result & line.installation_year.holds(years)


def _c2s_share(version: Version, year: int, base_cents: Ints, patients: Ints, with_c2s: Ints) -> DoctorLine:
    line = version.c2s.au_dela_du_seuil
    assert line is not None
    threshold = Fraction(line.threshold)
    beyond = with_c2s * threshold.denominator - patients * threshold.numerator
    who = np.flatnonzero(beyond > 0)
    parts, whole = beyond[who], patients[who] * threshold.denominator
    due = version.months_paid("c2s", year)[:1] * len(who)
    amounts = _rounded(base_cents[who] * parts, whole)
    return DoctorLine("c2s", "au_dela_du_seuil", line.label, line.basis, who, amounts, due, parts / whole)


def _aid(key: str, aid: Aid, year: int, doctors: Doctors) -> DoctorLine:
    holds = np.isin(doctors.zone, aid.zones) & (doctors.installed_year == year)
    who = np.flatnonzero(holds & (doctors.first_installation | (not aid.first_only)))
    amounts = np.full(len(who), int(aid.amount * 100), dtype=np.int64)
    days = doctors.installed_day[who]
    assert (days != UNKNOWN_DAY).all()
    due = [dates.add_months(dates.from_day(int(day)), aid.within_months).replace(day=1) for day in days]
    return DoctorLine("aide", key, aid.label, aid.basis, who, amounts, due)


def _rounded(numerator: Ints, denominator: Ints | int) -> Ints:
    """Division of non-negative integers, half up."""
    return (2 * numerator + denominator) // (2 * np.asarray(denominator))
