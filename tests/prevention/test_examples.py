"""The examples of the rule files are tests; and one that fails says what came out."""

from functools import cache
from pathlib import Path

import pytest

from calculators.prevention.check import run_examples
from calculators.prevention.codes import CodeList
from calculators.prevention.example import Example, ExampleAct, ExamplePatient
from calculators.prevention.indicator import AgeOn, Indicator, IndicatorSet, available_sets, load_set
from calculators.rules import Outcome, RuleError
from tests.whole import WHOLE

OTHER_MEASURES = Path(__file__).parent / "other_measures" / "sets" / "other_measures.toml"
SETS = {Path(name).stem: name for name in (*available_sets(), str(OTHER_MEASURES))}


@cache
def judged(name: str) -> IndicatorSet:
    """A set without the indicators that an earlier one has too, with the same codes: their examples come out the same."""
    rules, names = loaded(name), list(SETS.values())
    earlier = [one for other in names[: names.index(name)] for one in all_judged(loaded(other))]
    own = [one for one in rules.indicators if as_judged(one, rules) not in earlier]
    return rules if WHOLE else rules.model_copy(update={"indicators": tuple(own)})


loaded = cache(load_set)


def as_judged(one: Indicator, rules: IndicatorSet) -> tuple[Indicator, AgeOn, dict[str, CodeList]]:
    return one, rules.age_on, {name: rules.codes[name] for name in sorted(one.named_codes()) if name in rules.codes}


def all_judged(rules: IndicatorSet) -> list[tuple[Indicator, AgeOn, dict[str, CodeList]]]:
    return [as_judged(one, rules) for one in rules.indicators]


CASES = [
    pytest.param(
        name, indicator.id, position, id=f"{stem}-{indicator.id}-{example.name}", marks=pytest.mark.xdist_group(stem)
    )
    for stem, name in SETS.items()
    for indicator in judged(name).indicators
    for position, example in enumerate(indicator.example)
]


@cache
def outcomes(set_name: str) -> dict[str, list[Outcome]]:
    return run_examples(judged(set_name))


def test_an_indicator_of_every_id_has_its_examples_run():
    """None is left out but where it stands in an earlier set, word for word."""
    for name in SETS.values():
        for one in loaded(name).indicators:
            assert any(one == other for run in SETS.values() for other in judged(run).indicators), one.id


@pytest.mark.slow
@pytest.mark.parametrize(("set_name", "indicator", "position"), CASES)
def test_the_example_comes_out_as_written(set_name: str, indicator: str, position: int):
    assert outcomes(set_name)[indicator][position].differences == {}


def test_what_an_example_leaves_out_is_ordinary():
    born = {"birth_date": "1950-01-01", "sex": "F"}
    everything = ExamplePatient.model_validate(
        born | {"ald": [], "c2s": False, "ald_known": True, "c2s_known": True, "covers_from": "1900-01-01"}
    )
    assert ExamplePatient.model_validate(born) == everything
    assert ExampleAct.model_validate({"on": "2025-01-01", "codes": "x"}).quantity == 1


def test_an_example_has_a_name():
    assert changed(name="x")[0].name == "x"
    with pytest.raises(ValueError, match="at least 1 character"):
        changed(name="")


def changed(**given: object) -> list[Outcome]:
    """The first example of the first indicator, with other keys."""
    rules = load_set(str(OTHER_MEASURES))
    one = rules.indicators[0]
    example = Example.model_validate(one.example[0].model_dump(exclude_unset=True) | given)
    alone = rules.alone(one.model_copy(update={"example": (example,)}), "essai.toml")
    return run_examples(alone)[one.id]


@pytest.mark.slow
def test_an_example_that_fails_says_what_was_expected_and_what_came_out():
    (found,) = changed()
    assert found.passed
    (found,) = changed(expect={"status": "excluded", "excluded_by": "autre chose"})
    assert not found.passed
    assert found.differences["status"][0] == "excluded"
    assert found.differences["excluded_by"] == ("autre chose", None)


def test_an_example_whose_patient_is_dead_or_whose_codes_are_unknown_is_told():
    with pytest.raises(RuleError, match="n’est pas en vie"):
        changed(patient={"birth_date": "1950-01-01", "sex": "F", "died_on": "1999-01-01"})
    with pytest.raises(RuleError, match="code « mammographi » inconnu ; vouliez-vous dire « mammographie »"):
        changed(acts=[{"on": "2025-01-01", "codes": "mammographi"}])


@pytest.mark.parametrize(
    "act",
    [{}, {"codes": "x", "system": "atc", "code": "A"}, {"system": "atc"}, {"codes": "x", "code": "A"}],
)
def test_an_act_is_said_by_its_codes_or_by_a_system_and_a_code(act: dict[str, str]):
    with pytest.raises(ValueError, match="« codes », ou bien par « system » et « code »"):
        changed(acts=[{"on": "2025-01-01"} | act])
