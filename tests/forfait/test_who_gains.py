"""Gains and losses by group of doctors, as a histogram, and the amount that balances."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.forfait.compare import beside
from calculators.forfait.population import Population, price
from calculators.forfait.version import apply_changes, load_version, on_advances
from calculators.forfait.who_gains import BINS, balance, by_group, histogram, traits
from tests.forfait.cases import YEAR
from tests.forfait.test_compare import three_doctors

SIGNED, OLD = load_version("convention_2024"), on_advances(load_version("fpmt_2024"))


def doctors(sizes, **columns):
    """Doctors whose lists are 40-year-old patients, seen, without ALD or C2S."""
    names = [f"m{number}" for number in range(len(sizes))]
    cells = pa.table(
        {"doctor_id": names, "age": [40] * len(sizes), "ald": [0] * len(sizes), "c2s": [0] * len(sizes),
         "seen": [1] * len(sizes), "patients": sizes}
    )  # fmt: skip
    nobody = pa.nulls(len(sizes), pa.int32())
    table = {"doctor_id": names, "zone": ["none"] * len(sizes), "birth_day": nobody, "installed_day": nobody,
             "first_installation": [False] * len(sizes), "weight": [1] * len(sizes)} | columns  # fmt: skip
    return Population.from_cells(cells, pa.table(table), SIGNED, YEAR)


@pytest.mark.parametrize(
    ("size", "group"),
    [(599, "moins de 600 patients"), (600, "600 à 899 patients"), (1600, "1 600 patients et plus")],
)
def test_a_doctor_is_in_the_group_that_holds_the_size_of_his_list(size, group):
    people = doctors([size])
    rows = by_group(price(people, OLD), price(people, OLD), 0).to_pylist()
    assert [row["group"] for row in rows if row["trait"] == "Taille de la liste"] == [group]


def test_a_share_just_under_the_bound_is_below_it_and_an_unknown_age_is_in_no_group():
    people = three_doctors()
    found = traits(people)
    assert found["c2s"].tolist() == [0, 83, 0]  # 500 of 600: 83.3 %
    assert found["elderly"].tolist() == [0, 16, 0]  # 100 of 600
    assert found["unseen"].tolist() == [100, 0, 0]
    rows = by_group(price(people, OLD), price(people, SIGNED), 0).to_pylist()
    assert not [row for row in rows if row["trait"] in ("Âge du médecin", "Ancienneté d’installation")]


@pytest.mark.parametrize(("beyond", "share"), [(0, 0.5), (124_999, 0.5), (125_000, 0.0)])
def test_a_group_tells_its_share_of_losers_beyond_a_sum_and_what_it_stands_on(beyond, share):
    """Twenty doctors in a zone who lose 1 250 euros, twenty who lose nothing, each for ten: half of four hundred."""
    people = doctors([2_500] * 40, zone=["zip"] * 20 + ["none"] * 20, weight=[10] * 40)
    before = price(people, SIGNED, prevention=False)
    after = price(people, apply_changes(SIGNED, {"majoration.zip": 0}), prevention=False)
    rows = {row["group"]: row for row in by_group(before, after, beyond).to_pylist()}
    every = rows["1 600 patients et plus"]
    assert (every["doctors"], every["simulated"], every["share_losers"]) == (400, 40, share)
    assert every["mean_cents"] == -62_500
    assert every["low"] <= share <= every["high"]


def test_a_group_of_too_few_simulated_doctors_is_counted_and_not_told():
    people = doctors([2_500] * 30, zone=["zip"] * 29 + ["none"], weight=[100] * 30)
    priced = price(people, SIGNED, prevention=False)
    rows = {row["group"]: row for row in by_group(priced, priced, 0).to_pylist()}
    few = rows["ZIP (zone d’intervention prioritaire)"]
    assert (few["doctors"], few["simulated"]) == (2_900, 29)
    assert (few["share_losers"], few["low"], few["high"], few["mean_cents"]) == (None, None, None, None)
    assert rows["1 600 patients et plus"]["share_losers"] == 0.0


@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=8), cents=st.integers(0, 9000))
@pytest.mark.slow
def test_the_bars_hold_every_doctor_once_and_zero_is_an_edge(sizes, cents):
    people = doctors(sizes)
    changed = apply_changes(SIGNED, {"socle.de_7_a_74_ans": cents / 100})
    before, after = price(people, SIGNED, prevention=False), price(people, changed, prevention=False)
    bars = histogram(before, after).to_pylist()
    assert sum(bar["doctors"] for bar in bars) == len(sizes)
    assert len(bars) <= BINS + 1
    difference = after.totals - before.totals
    for bar in bars:
        held = (difference >= bar["from_cents"]) & (difference < bar["to_cents"])
        assert bar["doctors"] == np.count_nonzero(held)
        assert not bar["from_cents"] < 0 < bar["to_cents"]


def test_at_the_amount_that_balances_both_cost_the_same():
    people = three_doctors()
    before, after = price(people, apply_changes(SIGNED, {"prevention.amount": 7})), price(people, SIGNED)
    found = balance(before, after)
    assert (found.validated, found.cents) == (600, 700.0)
    dearer = price(people, apply_changes(SIGNED, {"socle.ald_des_80_ans": 200}))
    assert balance(before, dearer).cents is None
    assert balance(before, price(people, OLD)).cents is None


def test_an_agreement_beside_another_says_what_it_costs_and_who_gains_and_loses():
    """Twenty doctors in a zone lose 1 250 euros of 13 750, twenty others are paid 12 500 in both, each for ten."""
    people = doctors([2_500] * 40, zone=["zip"] * 20 + ["none"] * 20, weight=[10] * 40)
    before = price(people, SIGNED, prevention=False)
    after = price(people, apply_changes(SIGNED, {"majoration.zip": 0}), prevention=False)
    found, back = beside(before, after, 100_000), beside(after, before, 100_000)
    assert (found.cost_cents, found.pay.value, found.gap.value) == (400 * 1_250_000, 1_250_000, -62_500)
    assert (found.pay.low, found.pay.high) == (1_250_000, 1_250_000)
    half = 1.96 * 62_500 * (40 / 39) ** 0.5 / 40**0.5
    assert found.gap.high - found.gap.value == pytest.approx(half)
    assert (found.lose.value, found.gain.value, back.gain.value, back.lose.value) == (0.5, 0, 0.5, 0)
    assert beside(before, after, 125_000).lose.value == 0
