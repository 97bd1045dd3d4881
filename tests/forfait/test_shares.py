"""Shares over a country: the interval recomputed from what it means, and what unequal weights are worth."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.forfait.shares import losing_beyond, mean, settings, share


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
@pytest.mark.slow
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


@given(data=st.lists(st.tuples(st.integers(-9_000_000, 9_000_000), st.integers(1, 90)), min_size=30, max_size=80))
@pytest.mark.slow
def test_a_mean_has_the_interval_of_as_many_draws_as_its_weights_are_worth(data):
    cents, weight = zip(*data, strict=True)
    found = mean(np.array(cents), np.ones(len(cents), dtype=bool), np.array(weight))
    total = sum(weight)
    value, n = sum(c * w for c, w in data) / total, total**2 / sum(w * w for w in weight)
    variance = sum(w * (c - value) ** 2 for c, w in data) / total * n / (n - 1)
    half = 1.96 * (variance / n) ** 0.5
    assert found.simulated == len(data)
    assert (found.value, found.low, found.high) == pytest.approx((value, value - half, value + half), abs=1e-3)


@given(cents=st.lists(st.integers(-9_000_000, 9_000_000), min_size=30, max_size=80), weight=st.integers(1, 500))
def test_equal_weights_give_the_interval_of_the_mean_of_a_sample(cents, weight):
    found = mean(np.array(cents), np.ones(len(cents), dtype=bool), np.full(len(cents), weight))
    half = 1.96 * statistics.stdev(cents) / len(cents) ** 0.5
    assert found.high - found.value == pytest.approx(half, abs=1e-3)


@pytest.mark.parametrize(("simulated", "is_told"), [(0, False), (29, False), (30, True)])
def test_no_mean_is_told_under_thirty_simulated_doctors(simulated, is_told):
    among = np.arange(50) < simulated
    found = mean(np.full(50, 100), among, np.full(50, 15))
    assert found.simulated == simulated
    assert [found.value, found.low, found.high] == ([100.0] * 3 if is_told else [None] * 3)
