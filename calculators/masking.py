"""Small counts do not travel: what leaves a practice for a group shows no number of 1 to 10 patients, nor lets one find it.

The rule (Health Data Hub and ATIH: fewer than 11 patients are not given; 0 may be) masks each count of 1 to 10; then, where
one masked count alone could be had by subtracting from a total, another is masked with it. A doctor's own results on his
own screen are care, and are never masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_SHOWN = 11
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Masked:
    """A table of counts with its totals, None where a count is not shown."""

    cells: list[list[int | None]]
    row_totals: list[int | None]
    column_totals: list[int | None]
    total: int | None


def masked(counts: Counts) -> Masked:
    """`counts` [row, column] with the totals of rows, of columns and of all, as they may leave the practice.

    The whole, totals included, is taken as one table in which every line (row or column) sums to its last element.
    """
    whole = with_totals(counts)
    hidden = _hidden(whole)
    shown = [
        [None if hide else int(count) for count, hide in zip(line, over, strict=True)]
        for line, over in zip(whole, hidden, strict=True)
    ]
    return Masked([row[:-1] for row in shown[:-1]], [row[-1] for row in shown[:-1]], shown[-1][:-1], shown[-1][-1])


def masked_list(counts: list[int]) -> tuple[list[int | None], int | None]:
    """One line of counts that sum to a total, and that total."""
    found = masked(np.array([counts], dtype=np.int64).T)
    return [row[0] for row in found.cells], found.total


def hidden_parts(counts: Sequence[int], least: int = LEAST_SHOWN) -> list[bool]:
    """Which parts of a total that is told anyway are not: those under `least` but zero; beside a single one, the least of
    the others."""
    hidden = [0 < count < least for count in counts]
    others = sorted((count, place) for place, count in enumerate(counts) if count and not hidden[place])
    if sum(hidden) == 1 and others:
        hidden[others[0][1]] = True
    return hidden


def with_totals(counts: Counts) -> Counts:
    """The counts with a last column and a last row of sums."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _hidden(whole: Counts) -> Mask:
    """Counts of 1 to 10, then one more on each line that hides a single one, until no line does."""
    small = (whole > 0) & (whole < LEAST_SHOWN)
    hidden = small.copy()
    while (found := _alone(whole, hidden) or _found_out(whole, hidden, small)) is not None:
        hidden[found] = True
    return hidden


def _alone(whole: Counts, hidden: Mask) -> tuple[int, int] | None:
    """The least count to hide on the first line that hides one alone; a line of zeros and one count shows as much."""
    for axis, size in enumerate(whole.shape):
        for line in range(size):
            of_line = hidden[line] if axis == 0 else hidden[:, line]
            if of_line.sum() == 1:
                counts = whole[line] if axis == 0 else whole[:, line]
                place = _least(counts, of_line)
                return (line, place) if axis == 0 else (place, line)
    return None


def _found_out(whole: Counts, hidden: Mask, small: Mask) -> tuple[int, int] | None:
    """The least count to hide beside a small one that several sums together leave one value only. Never of a list, whose
    only sum leaves two that are hidden any share of it."""
    if 2 in whole.shape:
        return None
    for line, column in zip(*np.nonzero(hidden & small), strict=True):
        if hidden.all() or not _is_told(whole, hidden, (int(line), int(column))):
            continue
        beside = [(int(line), place) for place in range(whole.shape[1])]
        beside += [(place, int(column)) for place in range(whole.shape[0])]
        shown = [place for place in beside if not hidden[place]]
        shown = shown or [(int(row), int(place)) for row, place in zip(*np.nonzero(~hidden), strict=True)]
        return min(shown, key=lambda place: (whole[place] == 0, whole[place], place))
    return None


def _is_told(whole: Counts, hidden: Mask, cell: tuple[int, int]) -> bool:
    """Can a reader who knows that lines sum find a hidden count? Its least and greatest possible values are then one."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # takes longer to load than all the rest

    numbers = np.arange(whole.size).reshape(whole.shape)
    sums = np.zeros((sum(whole.shape), whole.size))
    for row, line in enumerate((*numbers, *numbers.T)):
        sums[row, line[:-1]], sums[row, line[-1]] = 1, -1
    goal = np.zeros(whole.size)
    goal[numbers[cell]] = 1
    within = Bounds(np.where(hidden, 0, whole).ravel(), np.where(hidden, whole.sum() + 1, whole).ravel())
    fixed, whole_numbers = LinearConstraint(sums, 0, 0), np.ones(whole.size, dtype=np.int64)
    found = [milp(sign * goal, constraints=fixed, bounds=within, integrality=whole_numbers) for sign in (1, -1)]
    least, greatest = (one.fun for one in found)
    return least is not None and greatest is not None and least == -greatest


def _least(counts: Counts, hidden: Mask) -> int:
    """Place of the least count shown, those above zero first: a zero that is hidden says little."""
    order = np.lexsort((counts, counts == 0))
    return int(next(place for place in order if not hidden[place]))
