"""The examples of the measure files, and that they can fail."""

import pytest

from calculators.pertinence.example import run, run_all
from calculators.pertinence.measure import Expected, load_measures


@pytest.mark.slow
def test_every_example_of_every_measure_gives_what_it_says():
    outcomes = run_all(list(load_measures().values()))
    assert len(outcomes) > 2 * len(load_measures())
    assert [(one.name, one.differences) for one in outcomes if not one.passed] == []


def test_an_example_that_expects_otherwise_fails():
    measure = load_measures()["antibiotiques"]
    wrong = measure.example[0].model_copy(update={"expected": Expected(denominator=1, numerator=2)})
    [first, *_] = run(measure.model_copy(update={"example": (wrong, *measure.example[1:])}))
    assert dict(first.differences) == {"numerator": (2, 1)}
