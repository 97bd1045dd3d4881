"""No count of 1 to 10 leaves, nor can one be found from what is shown beside it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import Bounds, LinearConstraint, milp

from calculators.masking import hidden_parts, masked, masked_list, with_totals

TABLES = arrays(
    np.int64,
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    elements=st.sampled_from([0, 0, 1, 3, 10, 11, 12, 40, 300]),
)


def shown(counts: np.ndarray) -> np.ndarray:
    """The table as it leaves, totals included, -1 where nothing is shown."""
    found = masked(counts)
    rows = [[*row, total] for row, total in zip(found.cells, found.row_totals, strict=True)]
    rows.append([*found.column_totals, found.total])
    return np.array([[-1 if count is None else count for count in row] for row in rows])


def bounds(seen: np.ndarray, cell: tuple[int, int]) -> tuple[float, float]:
    """Least and most that a reader who knows the rule of sums could find for a masked count, by linear programming."""
    size, (rows, columns) = seen.size, seen.shape
    numbers = np.arange(size).reshape(seen.shape)
    sums = []
    for line in (*numbers, *numbers.T):
        row = np.zeros(size)
        row[line[:-1]], row[line[-1]] = 1, -1
        sums.append(row)
    low = np.where(seen.ravel() < 0, 0, seen.ravel()).astype(float)
    high = np.where(seen.ravel() < 0, 10_000, seen.ravel()).astype(float)
    goal = np.zeros(size)
    goal[numbers[cell]] = 1
    found = [
        milp(
            sign * goal,
            constraints=LinearConstraint(np.array(sums), 0, 0),
            bounds=Bounds(low, high),
            integrality=np.ones(size),
        )
        for sign in (1, -1)
    ]
    assert all(one.success for one in found), (rows, columns)
    return found[0].fun, -found[1].fun


@settings(max_examples=60)
@given(TABLES)
@pytest.mark.slow
def test_no_small_count_is_shown_and_none_can_be_found(counts: np.ndarray):
    whole, seen = with_totals(counts), shown(counts)
    assert ((seen == -1) | (seen == whole)).all()
    assert not ((seen >= 1) & (seen <= 10)).any()
    for cell in zip(*np.nonzero((whole >= 1) & (whole <= 10)), strict=True):
        least, most = bounds(seen, cell)
        assert least < most, (whole, seen, cell)


@given(st.lists(st.sampled_from([0, 1, 10, 11, 12, 40]), max_size=6))
def test_no_small_part_of_a_total_that_is_told_stands_alone(counts: list[int]):
    hidden = hidden_parts(counts)
    small = [0 < count < 11 for count in counts]
    assert all(hide for hide, few in zip(hidden, small, strict=True) if few)
    assert not any(hide for hide, count in zip(hidden, counts, strict=True) if count == 0)
    others = sorted(count for count, few in zip(counts, small, strict=True) if count and not few)
    beside = sorted(count for count, hide, few in zip(counts, hidden, small, strict=True) if hide and not few)
    assert beside == (others[:1] if sum(small) == 1 else [])


@given(TABLES)
def test_nothing_is_hidden_where_every_count_may_be_shown(counts: np.ndarray):
    large = np.where((counts > 0) & (counts < 11), 11, counts)
    assert (shown(large) == with_totals(large)).all()


def test_what_several_sums_together_would_tell_is_hidden_too():
    """Each line hides two counts, and yet the 10 could be found: everything else of its line is nothing."""
    counts = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 10, 0, 0]])
    seen, whole = shown(counts), with_totals(counts)
    for cell in zip(*np.nonzero((whole >= 1) & (whole <= 10)), strict=True):
        least, most = bounds(seen, cell)
        assert least < most


@pytest.mark.parametrize(
    ("counts", "seen", "total"),
    [
        ([4, 30, 50], [None, None, 50], 84),
        ([4, 7, 50], [None, None, 50], 61),
        ([0, 30, 50], [0, 30, 50], 80),
        ([4, 0, 0], [None, 0, 0], None),
        ([11, 0], [11, 0], 11),
        ([], [], 0),
    ],
)
def test_a_line_of_counts(counts: list[int], seen: list[int | None], total: int | None):
    assert masked_list(counts) == (seen, total)
