"""What a record lacks is told in French, whichever measure or scheme needs it."""

import pytest

from calculators.pertinence.measure import load_measures
from calculators.pertinence.needs import needed
from dashboard.words.recorded import NAMES, named


@pytest.mark.parametrize("measure", load_measures().values(), ids=load_measures())
def test_everything_a_measure_needs_has_a_name(measure):
    assert set(needed(measure)) <= NAMES.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_reason_names_what_is_lacking(name: str):
    for reason in (f"Non calculable : {name}.", f"non calculable : {name}"):
        assert NAMES[name] in named(reason)
        assert name not in named(reason).split()


def test_other_reasons_are_left_alone():
    said = "Non calculable : aucun acte de ces codes dans tout le dossier."
    assert named(said) == said
    assert named(None) == ""
