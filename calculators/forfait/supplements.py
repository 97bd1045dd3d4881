"""Lines paid to the doctor himself: majorations of the base, the old C2S supplement, means, installation aid.

Integers throughout: an amount is base x fraction, rounded half up to the cent once; then what the end of practice leaves of
it. A condition that the record does not establish (no date of birth, no zone) does not hold.

Decisions where the definition is silent:
* The twelve months of a first installation begin with the month of its first day; the months of a year before and after
  them are those of the zone. A majoration held for some months is that share of its yearly amount.
* What a doctor says he was paid stands as it is, whatever his end of practice; means end as the rest does.
* The part of DONUM earned by item is the points earned, of all the points, of the ceiling of the agreement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from calculators import dates, french
from calculators.errors import UserError
from calculators.forfait import donum
from calculators.forfait.doctors import UNKNOWN_DAY, Doctors, Flags, Ints
from calculators.forfait.standing import Standing, halves_up
from calculators.forfait.terms import Part
from calculators.forfait.version import Aid, Majoration, Mean, Version
from calculators.rules import Basis, suggest

MONTHS = 12
ENTERED = ("rosp", "structure", "donum")
"""Parts of which a doctor may enter what he was really paid."""


@dataclass(frozen=True)
class Listed:
    """The list of each doctor: base in cents before the end of practice takes a part of it, patients, those with C2S."""

    base_cents: Ints
    patients: Ints
    with_c2s: Ints


@dataclass(frozen=True)
class DoctorLine:
    """One line for several doctors: their positions, their amounts in cents, the rates they come from if any."""

    part: Part
    line: str
    label: str
    basis: Basis
    who: npt.NDArray[np.intp]
    amount_cents: Ints
    due_on: Sequence[date | None]
    rate: npt.NDArray[np.float64] | None = None


def of_the_base(version: Version, year: int, doctors: Doctors, held: Standing, listed: Listed) -> Iterator[DoctorLine]:
    """Majorations that apply, then the supplement for the share of C2S patients beyond the threshold."""
    paid = held.rest & (listed.patients > 0)
    for key, months in _months_kept(version, year, doctors).items():
        line = version.majoration[key]
        who = np.flatnonzero((months > 0) & paid)
        rate = Fraction(line.rate) / MONTHS
        amounts = halves_up(listed.base_cents[who] * rate.numerator * months[who], rate.denominator)
        due = version.months_paid("majoration", year)[:1] * len(who)
        rates = float(line.rate) * months[who] / MONTHS
        yield DoctorLine("majoration", key, line.label, line.basis, who, held.shared_rest(amounts, who), due, rates)
    if version.c2s.au_dela_du_seuil:
        yield _c2s_share(version, year, held, listed, paid)


def beside_the_base(
    version: Version, year: int, doctors: Doctors, held: Standing, listed: Listed, entered: Mapping[str, int]
) -> Iterator[DoctorLine]:
    """Means (or what the doctor entered, in cents, in their place), then the installation aid of the year.

    What is entered replaces a mean only where the version pays that part: no ROSP appears in a version without it.
    """
    unknown = [part for part in entered if part not in ENTERED]
    if unknown:
        raise UserError(f"« {unknown[0]} » ne se saisit pas ; {suggest(unknown[0], list(ENTERED))}")
    paid = held.is_paid & (listed.patients > 0)
    for part, mean in version.means.items():
        if not mean.amount:
            continue
        if part in entered:
            who = np.flatnonzero(paid)
            amounts = np.full(len(who), entered[part], dtype=np.int64)
            yield _mean(version, year, part, f"{mean.label} (montant saisi)", "hypothese", who, amounts)
        else:
            yield from _means(version, year, part, mean, doctors, held, paid & held.rest)
    for key, aid in version.aide.items():
        yield _aid(key, aid, year, doctors, paid)


def _months_kept(version: Version, year: int, doctors: Doctors) -> dict[str, Ints]:
    """Months of the year for which each majoration is paid to each doctor."""
    holds = {key: _holds(version, line, year, doctors) for key, line in version.majoration.items()}
    if version.cumul.premiere_installation == "replaces":
        for key, line in version.majoration.items():
            for other in line.replaces:
                holds[other] = holds[other] & ~holds[key]
    if version.cumul.majorations == "greatest" and holds:
        holds = _greatest_alone(version, holds)
    return {key: held.sum(axis=1).astype(np.int64) for key, held in holds.items()}


def _greatest_alone(version: Version, holds: dict[str, Flags]) -> dict[str, Flags]:
    """The first of the file among equals, month by month."""
    keys = list(holds)
    rates = np.array([np.where(holds[key], float(version.majoration[key].rate), -1.0) for key in keys])
    best = rates.argmax(axis=0)
    return {key: holds[key] & (best == position) for position, key in enumerate(keys)}


def _holds(version: Version, line: Majoration, year: int, doctors: Doctors) -> Flags:
    """[doctor, month]: does the majoration hold?"""
    zone = np.isin(doctors.zone, line.zones) if line.zones else np.ones(len(doctors), dtype=bool)
    age = np.where(doctors.birth_year < 0, -1, year - doctors.birth_year)
    free = ~np.isin(doctors.contract[version.who.read_on], line.not_with)
    always = np.broadcast_to((zone & free & line.age.holds(age))[:, None], (len(doctors), MONTHS))
    if line.installation_year.min is None and line.installation_year.max is None:
        return always
    return always & line.installation_year.holds(_installation_years(version, year, doctors))


def _installation_years(version: Version, year: int, doctors: Doctors) -> Ints:
    """[doctor, month]: which year of his first installation it is; -1 when it is none, or not known."""
    installed, months = doctors.installed_year[:, None], np.arange(MONTHS)[None, :]
    match version.installation.first_year:
        case "calendar_year":
            years = year - installed + 1 + 0 * months
        case "first_paid_year":
            years = year - installed + (version.list_day(year).year == year) + 0 * months
        case _:
            elapsed = MONTHS * (year - installed) + months - _month_of(doctors.installed_day)[:, None]
            years = elapsed // MONTHS + 1
    is_first = doctors.first_installation & (doctors.installed_year >= 0)
    return np.where(is_first[:, None] & (years >= 1), years, -1)


def _month_of(days: Ints) -> Ints:
    """Months from January, of days that may be unknown."""
    known = np.where(days == UNKNOWN_DAY, 0, days)
    return known.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % MONTHS


def _c2s_share(version: Version, year: int, held: Standing, listed: Listed, paid: Flags) -> DoctorLine:
    line = version.c2s.au_dela_du_seuil
    assert line is not None
    threshold = Fraction(line.threshold)
    beyond = listed.with_c2s * threshold.denominator - listed.patients * threshold.numerator
    who = np.flatnonzero((beyond > 0) & paid)
    parts, whole = beyond[who], listed.patients[who] * threshold.denominator
    due = version.months_paid("c2s", year)[:1] * len(who)
    amounts = held.shared_rest(halves_up(listed.base_cents[who] * parts, whole), who)
    return DoctorLine("c2s", "au_dela_du_seuil", line.label, line.basis, who, amounts, due, parts / whole)


def _means(
    version: Version, year: int, part: Part, mean: Mean, doctors: Doctors, held: Standing, paid: Flags
) -> Iterator[DoctorLine]:
    """The mean, or the share of a ceiling; of DONUM, what is earned by the doctors who said what they have."""
    known = doctors.donum_points if part == "donum" and mean.kind == "maximum" else np.full(len(doctors), -1)
    who = np.flatnonzero(paid & (known < 0))
    cents = _half_up(mean.amount * mean.share * 100)
    label, basis = mean.label, mean.basis
    if mean.kind == "maximum":
        label, basis = f"{mean.label} : {french.percent(float(mean.share))} du plafond", "hypothese"
    yield _mean(version, year, part, label, basis, who, held.shared_rest(np.full(len(who), cents), who))
    whole = donum.dotation().all_points
    for points in np.unique(known[paid & (known >= 0)]).tolist():
        who = np.flatnonzero(paid & (known == points))
        cents = donum.cents(points, mean.amount)
        label = f"{mean.label} : {points} points sur {whole}, selon ce qui est saisi"
        yield _mean(version, year, part, label, mean.basis, who, held.shared_rest(np.full(len(who), cents), who))


def _mean(
    version: Version, year: int, part: Part, label: str, basis: Basis, who: npt.NDArray[np.intp], amounts: Ints
) -> DoctorLine:
    return DoctorLine(part, part, label, basis, who, amounts, version.months_paid(part, year)[:1] * len(who))


def _half_up(cents: Decimal) -> int:
    return int((cents + Decimal("0.5")) // 1)


def _aid(key: str, aid: Aid, year: int, doctors: Doctors, paid: Flags) -> DoctorLine:
    holds = paid & np.isin(doctors.aid_zone, aid.zones) & (doctors.installed_year == year)
    if aid.installed_from:
        holds = holds & (doctors.installed_day >= dates.to_day(aid.installed_from))
    who = np.flatnonzero(holds & (doctors.first_installation | (not aid.first_only)))
    amounts = np.full(len(who), int(aid.amount * 100), dtype=np.int64)
    days = doctors.installed_day[who]
    due = [dates.add_months(dates.from_day(int(day)), aid.within_months).replace(day=1) for day in days]
    return DoctorLine("aide", key, aid.label, aid.basis, who, amounts, due)
