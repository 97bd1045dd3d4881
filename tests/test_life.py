"""The life of an indicator: states follow one another, and what is said of it moves no verdict."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calculators.defaults import defaults
from calculators.life import NEXT, Endorsement, Evidence, Step, check
from calculators.prevention.group import set_hash
from calculators.prevention.indicator import load_set
from calculators.prevention.variants import differs

STATES = tuple(NEXT)
ARROWS = {
    *(("propose", to) for to in ("experimente", "en_vigueur", "retire")), ("experimente", "en_vigueur"),
    ("experimente", "retire"), ("en_vigueur", "suspendu"), ("en_vigueur", "retire"), ("suspendu", "en_vigueur"),
    ("suspendu", "retire"),
}  # fmt: skip


@given(some.lists(some.tuples(some.integers(0, 3), some.sampled_from(STATES)), min_size=1, max_size=4))
def test_a_history_is_taken_when_each_state_follows_from_the_one_before(steps: list[tuple[int, str]]):
    days = [date(2026, 1, 1) + timedelta(days=sum(gap for gap, _ in steps[: place + 1])) for place in range(len(steps))]
    states = [state for _, state in steps]
    history = [Step(on=on, state=state) for on, state in zip(days, states, strict=True)]
    if all(pair in ARROWS for pair in pairwise(states)):
        check(history, states[-1])
        with pytest.raises(ValueError, match="la fin de « history »"):
            check(history, next(one for one in STATES if one != states[-1]))
    else:
        with pytest.raises(ValueError, match="ne devient pas"):
            check(history, states[-1])


def test_days_are_in_order():
    steps = [Step(on=date(2026, 2, 1), state="propose"), Step(on=date(2026, 1, 1), state="en_vigueur")]
    with pytest.raises(ValueError, match="dans l’ordre des dates"):
        check(steps, "en_vigueur")


def test_what_is_said_of_an_indicator_changes_neither_its_verdicts_nor_who_may_be_compared():
    rules = load_set(defaults().prevention.set)
    one = rules.indicators[0]
    said = one.model_copy(update={
        "endorsed": (Endorsement(by="Un syndicat", on=date(2026, 1, 1), position="contre"),),
        "evidence": Evidence(grade="B"), "history": (Step(on=date(2026, 1, 1), state=one.state),),
    })  # fmt: skip
    assert not differs(one, said)
    assert set_hash(rules) == set_hash(rules.model_copy(update={"indicators": (said, *rules.indicators[1:])}))
