"""Department by department: means and losers recomputed one doctor after the other, and nothing of too few."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.forfait.by_department import by_department, least
from calculators.forfait.population import price
from calculators.forfait.version import apply_changes, load_version
from tests.forfait.test_who_gains import doctors

SIGNED = load_version("convention_2024")


@given(
    data=st.lists(st.tuples(st.integers(1, 900), st.sampled_from(["59", "2A", "971", None])), min_size=1, max_size=25),
    beyond=st.integers(0, 200_000),
)
@pytest.mark.slow
def test_a_department_tells_the_mean_of_its_doctors_and_who_loses_unless_they_are_few(data, beyond):
    sizes, where = zip(*data, strict=True)
    people = doctors(list(sizes), zone=["zip", "none"] * (len(sizes) // 2) + ["zip"] * (len(sizes) % 2))
    before = price(people, SIGNED, prevention=False)
    after = price(people, apply_changes(SIGNED, {"majoration.zip": 0}), prevention=False)
    known = {f"m{number}": department for number, department in enumerate(where) if department != "971"}
    found = by_department(before, after, known, beyond)
    many = Counter("" if one in ("971", None) else one for one in where)
    assert [(one.department, one.doctors) for one in found] == sorted(
        many.items(), key=lambda pair: (not pair[0], pair)
    )
    for one in found:
        mine = [place for place, name in enumerate(where) if ("" if name in ("971", None) else name) == one.department]
        if one.doctors < least() or not mine:
            assert (one.before_cents, one.after_cents, one.gap_cents, one.losers, one.gainers) == (None,) * 5
            continue
        gaps = [int(after.totals[place] - before.totals[place]) for place in mine]
        assert one.before_cents == sum(int(before.totals[place]) for place in mine) / len(mine)
        assert np.isclose(one.gap_cents, sum(gaps) / len(mine))
        assert (one.losers, one.gainers) == (sum(gap < -beyond for gap in gaps), 0)


def test_five_doctors_are_enough_and_four_are_not():
    people = doctors([100] * 9)
    priced = price(people, SIGNED, prevention=False)
    found = by_department(priced, priced, {f"m{n}": "01" if n < 5 else "02" for n in range(9)}, 0)
    assert [(one.doctors, one.gap_cents) for one in found] == [(5, 0), (4, None)]
