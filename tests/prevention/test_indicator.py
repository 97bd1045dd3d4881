"""What a rule file may say: the last value accepted and the first refused, and what is meant when nothing is said."""

import pytest
from pydantic import ValidationError

from calculators.prevention.indicator import (
    Age,
    BetweenAges,
    Bounds,
    Criteria,
    Indicator,
    Recorded,
    Requirement,
    SinceAge,
)

NEED = {"label": "essai", "codes": "hba1c", "window": {"kind": "since_birth"}}
EVERYONE = {"label": "tous"}
WHOLE = {
    "id": "essai",
    "label": "Essai",
    "family": "suivi",
    "why": "pour essayer",
    "valid_from": "2026-01-01",
    "reference": [{"title": "essai", "date": "2026-01-01", "basis": "hypothese"}],
    "eligible": [EVERYONE],
    "done": [NEED],
}


def accepts(model, **given):
    try:
        model.model_validate(given)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("model", "given", "accepted"),
    [
        (Bounds, {"min": 0}, True),
        (Bounds, {"min": -1}, False),
        (Bounds, {"max": 0}, True),
        (Bounds, {"max": -1}, False),
        (Bounds, {"min": 18, "max": 18}, True),
        (Bounds, {"min": 19, "max": 18}, False),
        (Age, {"days": 0}, True),
        (Age, {"days": -1}, False),
        (Age, {"months": 0}, True),
        (Age, {"months": -1}, False),
        (Age, {"years": 0}, True),
        (Age, {"years": -1}, False),
        (Criteria, EVERYONE | {"ald": [1, 32]}, True),
        (Criteria, EVERYONE | {"ald": [0]}, False),
        (Criteria, EVERYONE | {"ald": [33]}, False),
        (SinceAge, {"kind": "since_age", "years": 0}, True),
        (SinceAge, {"kind": "since_age", "years": -1}, False),
        (Indicator, WHOLE | {"national_rate": 0}, True),
        (Indicator, WHOLE | {"national_rate": -0.1}, False),
        (Indicator, WHOLE | {"national_rate": 100}, True),
        (Indicator, WHOLE | {"national_rate": 100.1}, False),
        (Indicator, WHOLE | {"valid_to": "2026-01-01"}, True),
        (Indicator, WHOLE | {"valid_to": "2025-12-31"}, False),
    ],
)
def test_a_limit_is_itself_accepted(model, given, accepted):
    assert accepts(model, **given) == accepted


@pytest.mark.parametrize(
    ("start", "end", "accepted"),
    [
        ({"days": 20}, {"months": 1}, True),
        ({"days": 31}, {"months": 1}, False),
        ({"months": 1}, {"days": 31}, True),
        ({"months": 8}, {"years": 1}, True),
        ({"months": 12}, {"years": 1}, False),
        ({"years": 1}, {"months": 13}, True),
    ],
)
def test_two_ages_are_in_order_whatever_their_units(start, end, accepted):
    assert accepts(BetweenAges, kind="between_ages", **{"from": start, "to": end}) == accepted


def test_once_is_enough_unless_a_number_is_given():
    assert Requirement.model_validate(NEED).count == 1
    assert Recorded.model_validate({"codes": "hba1c", "window": {"kind": "since_birth"}}).count == 1


def test_each_population_needs_something_to_be_done():
    own = EVERYONE | {"done": [NEED]}
    assert accepts(Indicator, **WHOLE | {"done": [], "eligible": [own, own]})
    assert not accepts(Indicator, **WHOLE | {"done": [], "eligible": [own, EVERYONE]})
