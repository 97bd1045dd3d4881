"""Numbers cut in two: exact together, and nothing alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calculators.comparison import shares
from calculators.comparison.campaign import BOUND, MOST
from calculators.comparison.shares import together
from calculators.errors import UserError
from tests.comparison import oracle

EDGES = [0, 1, -1, BOUND - 1, 1 - BOUND]
numbers = st.one_of(st.sampled_from(EDGES), st.integers(1 - BOUND, BOUND - 1))
ALPHA = 1e-7
"""A right program fails once in so many runs."""
SIZE = 40_000


@given(st.lists(numbers, min_size=1, max_size=40))
def test_two_shares_are_the_numbers_by_plain_arithmetic_too(given_numbers: list[int]):
    one, other = shares.split(given_numbers)
    assert together(one, other).tolist() == given_numbers
    assert oracle.joined(one.tolist(), other.tolist()) == given_numbers


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=30))
def test_sums_of_shares_are_shares_of_the_sum(lists: list[list[int]]):
    ones, others = zip(*map(shares.split, lists), strict=True)
    total = together(np.sum(ones, axis=0, dtype=np.uint64), np.sum(others, axis=0, dtype=np.uint64))
    assert total.tolist() == [sum(column) for column in zip(*lists, strict=True)]


@pytest.mark.parametrize("number", [BOUND - 1, 1 - BOUND])
def test_as_many_of_the_largest_as_a_campaign_may_have_are_summed_exactly(number: int):
    halves = [shares.split([number]) for _ in range(MOST)]
    one, other = (np.sum([half[side] for half in halves], axis=0, dtype=np.uint64) for side in (0, 1))
    assert together(one, other).tolist() == [MOST * number]


@pytest.mark.parametrize("number", [BOUND, -BOUND, 2**63])
def test_a_number_out_of_bounds_is_refused(number: int):
    with pytest.raises(UserError, match=f"\\({number}\\)"):
        shares.split([0, number])


def real_data() -> np.ndarray:
    """Counts, sums and sums of squares like those of a practice: small, skewed, half of them zero."""
    drawn = np.random.default_rng(3)
    return (
        np.where(drawn.random(SIZE) < 0.5, 0, np.floor(drawn.lognormal(8, 4, SIZE))).astype(np.int64).clip(0, BOUND - 1)
    )


DATA = {"zeros": np.zeros(SIZE, dtype=np.int64), "real": real_data(), "greatest": np.full(SIZE, BOUND - 1)}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("side", [0, 1])
def test_each_share_alone_is_uniform_whatever_the_data_are(data: str, side: int):
    share = shares.split(DATA[data].tolist())[side]
    for place in range(8):  # each byte of the numbers on its own
        seen = np.bincount(share.view(np.uint8)[place::8], minlength=256)
        assert stats.chisquare(seen).pvalue > ALPHA
    assert stats.kstest(share / 2**64, "uniform").pvalue > ALPHA


@pytest.mark.slow
@pytest.mark.parametrize("side", [0, 1])
def test_no_bit_of_a_share_goes_with_a_bit_of_the_data(side: int):
    numbers = DATA["real"].view(np.uint64)
    share = shares.split(DATA["real"].tolist())[side]
    bits = [((of[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)).astype(float) for of in (numbers, share)]
    kept = bits[0][:, bits[0].std(axis=0) > 0.01]
    correlation = ((kept - kept.mean(axis=0)).T @ (bits[1] - bits[1].mean(axis=0))) / SIZE
    correlation /= kept.std(axis=0)[:, None] * bits[1].std(axis=0)[None, :]
    assert np.abs(correlation).max() * SIZE**0.5 < stats.norm.isf(ALPHA / correlation.size / 2)


def test_a_test_of_uniformity_sees_data_that_are_not_cut():
    seen = np.bincount(DATA["real"].view(np.uint8)[0::8], minlength=256)
    assert stats.chisquare(seen).pvalue < ALPHA


def test_the_same_numbers_are_cut_otherwise_each_time():
    assert not np.array_equal(shares.split([5] * 20)[0], shares.split([5] * 20)[0])


def test_neither_file_says_anything_of_the_other(tmp_path: Path):
    from tests.comparison.campaigns import campaign, counts, send

    one, other = send(campaign(), counts(campaign()), tmp_path)
    mine, theirs = (shares.read(file, campaign(), 2) for file in (one, other))
    assert mine.about.model_dump(exclude={"holder"}) == theirs.about.model_dump(exclude={"holder"})
    assert theirs.shares.tobytes() not in one.read_bytes()
    assert theirs.digest.encode() not in one.read_bytes()
