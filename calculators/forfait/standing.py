"""Who is paid for a year, and what part of it: sector, end of practice.

`share` of `whole` is what is left of an amount. An agreement paid by instalments keeps the base for the instalments whose
first of month is not after the last day of practice, and the rest only for who practises on 31 December; one paid by
quarters keeps every amount for the quarters begun, and looks at the list of 31 December before.

Decision where the definition is silent: a doctor of whom no quarter of the year has begun is not paid, as one who left
before the list day of an agreement paid by instalments.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from calculators import dates
from calculators.forfait.doctors import Doctors, Flags, Ints, Words
from calculators.forfait.version import Version

QUARTERS = 4


@dataclass(frozen=True)
class Standing:
    """One element per doctor. `unpaid`: why nothing is paid, a key of `who.unpaid`, empty when he is paid. `share`: of the
    base, in parts of `whole`. `rest`: are majorations, C2S, prevention and means paid, and are they shared too
    (`shares_all`)? `early`: is he paid on the list of a doctor who ends his practice?"""

    unpaid: Words
    share: Ints
    whole: int
    rest: Flags
    shares_all: bool
    early: Flags

    @property
    def is_paid(self) -> Flags:
        return self.unpaid == ""

    def shared(self, cents: Ints, who: npt.NDArray[np.intp] | slice = slice(None)) -> Ints:
        """What is left of amounts of the base, half up to the cent."""
        return halves_up(cents * self.share[who], self.whole)

    def shared_rest(self, cents: Ints, who: npt.NDArray[np.intp] | slice = slice(None)) -> Ints:
        """What is left of the other amounts."""
        kept = self.shared(cents, who) if self.shares_all else cents
        return np.where(self.rest[who], kept, 0)


def standing(version: Version, year: int, doctors: Doctors) -> Standing:
    """How a version pays each doctor for a year."""
    last = doctors.active_to_day
    by_quarters = version.who.end_of_practice == "quarters"
    goes_on = last >= dates.to_day(date(year, 12, 31))
    months = [dates.to_day(month) for month in version.months_paid("socle", year)]
    share = _quarters_begun(last, year) if by_quarters else np.sum([last >= month for month in months], axis=0)
    whole = QUARTERS if by_quarters else len(months)
    share = np.where(goes_on, whole, share).astype(np.int64)
    gone = (share == 0) & ~goes_on if by_quarters else last < dates.to_day(date(year - 1, 12, 31))
    in_sector = doctors.is_paid[version.who.read_on] | version.who.sector_2
    unpaid = np.where(~in_sector, "secteur_2", np.where(gone, "cessation", "")).astype(object)
    paid = unpaid == ""
    rest = paid if by_quarters else paid & goes_on
    return Standing(unpaid, np.where(paid, share, 0), whole, rest, by_quarters, ~goes_on & by_quarters)


def halves_up(numerator: Ints, denominator: Ints | int) -> Ints:
    """Division of integers, halves away from zero upwards."""
    return (2 * numerator + denominator) // (2 * np.asarray(denominator))


def _quarters_begun(last: Ints, year: int) -> Ints:
    """Quarters of the year begun on the last day of practice."""
    firsts = [dates.to_day(date(year, month, 1)) for month in (1, 4, 7, 10)]
    return np.sum([last >= first for first in firsts], axis=0)
