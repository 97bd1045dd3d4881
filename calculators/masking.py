"""Small counts do not travel: what leaves a practice for a group shows no number of 1 to 10 patients, nor lets one find it.

The rule (Health Data Hub and ATIH: fewer than 11 patients are not given; 0 may be) masks each count of 1 to 10; then, where
one masked count alone could be had by subtracting from a total, another is masked with it. A doctor's own results on his
own screen are care, and are never masked.
"""

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


def with_totals(counts: Counts) -> Counts:
    """The counts with a last column and a last row of sums."""
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _hidden(whole: Counts) -> Mask:
    """Counts of 1 to 10, then one more on each line that hides a single one, until no line does."""
    hidden = (whole > 0) & (whole < LEAST_SHOWN)
    while (found := _alone(whole, hidden)) is not None:
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


def _least(counts: Counts, hidden: Mask) -> int:
    """Place of the least count shown, those above zero first: a zero that is hidden says little."""
    order = np.lexsort((counts, counts == 0))
    return int(next(place for place in order if not hidden[place]))
