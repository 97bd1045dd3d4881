"""Shares over a country: the interval recomputed from what it means, and what unequal weights are worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.forfait.shares import losing_beyond, settings, share


def told(held, weight):
    flags = np.array(held, dtype=bool)
    return share(flags, np.ones(len(flags), dtype=bool), np.array(weight, dtype=np.int64))


def wilson(value, n, z=1.96):
    """The bounds are where a share p would be z standard deviations from what was seen: roots of a quadratic."""
    a, b, c = n + z * z, -(2 * n * value + z * z), n * value * value
    root = (b * b - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def test_the_settings_are_those_of_the_file():
    assert settings() == (30, 1.96)
    assert losing_beyond() == 50_000


@pytest.mark.parametrize(("simulated", "is_told"), [(0, False), (29, False), (30, True)])
def test_nothing_is_told_under_thirty_simulated_doctors(simulated, is_told):
    found = told([True] * simulated, [1_000] * simulated)
    assert found.simulated == simulated
    assert (found.value is not None) == (found.low is not None) == (found.high is not None) == is_told


@given(held=st.lists(st.booleans(), min_size=30, max_size=200), weight=st.integers(1, 500))
def test_equal_weights_give_the_interval_of_their_number(held, weight):
    found = told(held, [weight] * len(held))
    value = sum(held) / len(held)
    low, high = wilson(value, len(held))
    assert found.value == pytest.approx(value)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(data=st.lists(st.tuples(st.booleans(), st.integers(1, 90)), min_size=30, max_size=80))
def test_unequal_weights_are_worth_fewer_doctors(data):
    held, weight = zip(*data, strict=True)
    found = told(held, weight)
    n = sum(weight) ** 2 / sum(one * one for one in weight)
    assert n <= len(data) + 1e-9
    low, high = wilson(sum(one for here, one in data if here) / sum(weight), n)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def test_those_who_are_not_among_are_not_counted():
    held, among = np.array([True] * 40 + [False] * 40), np.array([True] * 40 + [False] * 40)
    found = share(held, among, np.full(80, 10, dtype=np.int64))
    assert (found.simulated, found.value) == (40, 1.0)
