"""Days and ages: each odd case decided once, with its reason.

A day is an integer: days since 1970-01-01 (as in the compact store). The functions on arrays take and give int32
arrays of such days, so that a step over millions of rows shifts only its distinct days.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

EPOCH = date(1970, 1, 1)
OPEN_END = (date(9999, 12, 31) - EPOCH).days
"""Last day of a period without an end, date of death of the living."""

Days = npt.NDArray[np.int32]


def to_day(when: date) -> int:
    """Days since 1970-01-01."""
    return (when - EPOCH).days


def from_day(day: int) -> date:
    """The inverse of `to_day`."""
    return EPOCH + timedelta(days=int(day))


@lru_cache(maxsize=1 << 14)
def add_months(when: date, months: int) -> date:
    """Same day `months` later, clamped to the end of the month: 31 January + 1 month = 28 or 29 February."""
    return from_day(int(shift_months([to_day(when)], months)[0]))


@lru_cache(maxsize=1 << 14)
def birthday(birth: date, years: int) -> date:
    """Day on which someone completes `years` years; born on 29 February, on 1 March in common years."""
    return from_day(int(shift_birthdays([to_day(birth)], years)[0]))


def age_on(birth: date, when: date) -> int:
    """Completed years. (month, day) pairs order 29 February rightly: 28 February is before it, 1 March after."""
    return when.year - birth.year - ((when.month, when.day) < (birth.month, birth.day))


def shift_months(days: Sequence[int] | Days, months: int) -> Days:
    """`add_months` over an array of days."""
    moved = np.asarray(days, dtype="datetime64[D]")
    month = moved.astype("datetime64[M]")
    day_of_month = (moved - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.timedelta64(months, "M")
    last = ((target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    clamped = np.minimum(day_of_month, last - 1)
    return (target.astype("datetime64[D]") + clamped).astype(np.int64).astype(np.int32)


def shift_birthdays(days: Sequence[int] | Days, years: int) -> Days:
    """`birthday` over an array of birth days: as `add_months`, but a clamped 29 February moves on to 1 March."""
    shifted = shift_months(days, 12 * years)
    return (shifted + (_day_of_month(shifted) < _day_of_month(days))).astype(np.int32)


def year_of(days: Sequence[int] | Days) -> npt.NDArray[np.int32]:
    """Calendar year of each day."""
    return (np.asarray(days, dtype="datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int32)


def _day_of_month(days: Sequence[int] | Days) -> npt.NDArray[np.int64]:
    moved = np.asarray(days, dtype="datetime64[D]")
    return (moved - moved.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)


def ages_on(births: Sequence[int] | Days, when: date) -> npt.NDArray[np.int32]:
    """`age_on` over an array of birth days."""
    months = np.asarray(births, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)
    day_of_year = 32 * (months % 12) + _day_of_month(births)
    not_yet = day_of_year > 32 * (when.month - 1) + when.day - 1
    return (when.year - 1970 - months // 12 - not_yet).astype(np.int32)
