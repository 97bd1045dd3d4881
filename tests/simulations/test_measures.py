"""The intervals of the measures hold what the README says, on a quick version of its table."""

import numpy as np
import pytest

from tests.simulations.measures import SHAPES, Shape, held, phi

DRAWS = 300
FOUR_ERRORS = 4 * np.sqrt(0.95 * 0.05 / DRAWS)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES[:2], ids=lambda shape: shape.name)
def test_a_count_that_is_not_very_clustered_is_held_as_often_as_promised(shape: Shape):
    assert abs(held(shape, 700, 1.0, DRAWS, 3) - 0.95) < FOUR_ERRORS + 0.02


@pytest.mark.slow
def test_clustered_counts_have_a_large_phi_and_poisson_would_promise_too_much():
    boxes = next(shape for shape in SHAPES if shape.spread == 0.05)
    assert phi(boxes, 3) > 10
