"""The interval holds what it promises, on a quick version of the coverage table."""

import numpy as np
import pytest

from calculators.sobriety import statistics
from calculators.sobriety.statistics import Norms
from tests.simulations.coverage import HEAVY, SHAPES, SIZES, Shape, doctors, norms, simulate
from tests.simulations.references import KINDS
from tests.simulations.references import simulate as simulate_reference

DRAWS = 500
PROMISED = 0.94
FOUR_ERRORS = 4 * np.sqrt(PROMISED * (1 - PROMISED) / DRAWS)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.name not in HEAVY], ids=lambda shape: shape.name)
@pytest.mark.parametrize("size", SIZES[:3])
def test_the_interval_holds_the_true_ratio_as_often_as_promised(shape: Shape, size: int):
    found = simulate(shape, size, DRAWS, seed=3)
    assert found.held >= PROMISED - FOUR_ERRORS
    assert found.held + found.above + found.below == pytest.approx(1)
    assert found.held >= max(found.own, found.nat)


def test_the_doctors_own_variance_alone_would_promise_too_much():
    heavy = next(shape for shape in SHAPES if shape.name in HEAVY)
    assert simulate(heavy, 300, DRAWS, seed=3).own < PROMISED - FOUR_ERRORS


def test_the_reference_variance_alone_would_promise_too_much_for_a_doctor_who_treats_fewer_patients():
    fewer = next(shape for shape in SHAPES if shape.treated < 1)
    assert simulate(fewer, 700, DRAWS, seed=3).nat < simulate(fewer, 700, DRAWS, seed=3).held


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_norms_are_those_of_the_costs_drawn(shape: Shape):
    """On 400 000 patients the mean and variance drawn are those the intervals are given (heavy tails: the mean)."""
    ordinary = Shape(shape.name, shape.variation, shape.draw)
    [cells] = doctors(ordinary, 800, 500, np.random.default_rng(5))
    patients, cents = cells.patients.sum(axis=0), cells.amount.sum(axis=0)
    wanted = norms(shape)
    assert cents.sum() == pytest.approx((patients * wanted.mean).sum(), rel=0.03)
    if shape.name not in HEAVY:
        drawn = [statistics.sample_variance(*map(int, row)) for row in
                 zip(patients, cents, cells.squares.sum(axis=0), strict=True)]  # fmt: skip
        assert np.dot(patients, drawn) == pytest.approx(np.dot(patients, wanted.variance), rel=0.15)


def test_cents_and_euros_give_the_same_interval():
    [cells] = doctors(SHAPES[0], 300, 20, np.random.default_rng(8))
    wanted = norms(SHAPES[0])
    hundred = statistics.Cells(cells.patients, cells.amount * 100, cells.squares * 10_000)
    finer = statistics.measure(hundred, Norms(wanted.mean * 100, wanted.variance * 10_000))
    coarse = statistics.measure(cells, wanted)
    np.testing.assert_allclose(finer.ratio, coarse.ratio)
    np.testing.assert_allclose(finer.se, coarse.se)


@pytest.mark.parametrize("doctors", [2, 3, 5, 20])
@pytest.mark.parametrize("shape", KINDS[:1] + KINDS[2:3], ids=lambda shape: shape.name)
@pytest.mark.slow
def test_the_interval_holds_whatever_the_size_of_the_reference(shape: Shape, doctors: int):
    found = simulate_reference(shape, doctors, 300, DRAWS // 2, seed=3)
    for kind in (found.outside, found.inside, found.without):
        assert kind.drawn >= DRAWS // 2
        assert kind.share >= PROMISED - 4 * np.sqrt(PROMISED * (1 - PROMISED) / kind.drawn) - 0.01


def test_one_doctor_is_a_reference_for_others_not_for_himself_and_never_an_exact_one():
    found = simulate_reference(KINDS[0], 1, 1500, DRAWS, seed=3)
    assert found.outside_exact.share < PROMISED - FOUR_ERRORS <= found.outside.share
    assert (found.inside.drawn, found.without.drawn) == (0, 0)
    assert 0.1 < found.lacking_share < 0.5


def test_without_oneself_a_reference_of_two_taken_as_exact_would_promise_too_much():
    found = simulate_reference(KINDS[0], 2, 700, DRAWS, seed=3)
    assert found.without_exact.share < PROMISED - FOUR_ERRORS <= found.without.share
