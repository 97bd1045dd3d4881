"""The insurer's figure typed in: checked, laid beside the record, given its interval."""

import math
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calculators.errors import UserError
from calculators.sobriety.typed import Change, Spending, Typed, change, check, interval, spending
from tests import practice
from tests.sobriety.villages import DRUG, OTHER_DRUG, YEAR, definition, opened, village

TYPED = Typed(YEAR, 6_400_000, 6_000_000, 1.07, 700)


def own(*cents: int, start: int = 0) -> Spending:
    return Spending({f"p{start + place:03d}": amount for place, amount in enumerate(cents)}, 1, True)


@pytest.mark.parametrize("wrong", [{"ratio": 1.17}, {"ratio": 0.0}, {"observed_cents": -5}, {"expected_cents": 0}])
def test_figures_that_do_not_go_together_are_told(wrong: dict):
    check(TYPED)
    check(replace(TYPED, ratio=1.0667))
    with pytest.raises(UserError):
        check(replace(TYPED, **wrong))


@given(st.lists(st.sampled_from([0, 0, 100, 350, 40_000]), min_size=2, max_size=40))
def test_the_interval_is_that_of_a_mean_on_the_log_scale_with_t(cents: list[int]):
    found = interval(TYPED, own(*cents), definition())
    if not sum(cents):
        assert found is None
        return
    n = len(cents)
    se = stdev(cents) / mean(cents) / math.sqrt(n)
    assert found is not None
    assert found.se == pytest.approx(se)
    for z, low, high in ((1.96, found.low_95, found.high_95), (3.09, found.low_998, found.high_998)):
        t = stats.t.ppf(stats.norm.cdf(z), n - 1)
        assert (low, high) == pytest.approx((1.07 * math.exp(-t * se), 1.07 * math.exp(t * se)))


def test_one_patient_has_no_interval():
    assert interval(TYPED, own(100), definition()) is None


def test_a_change_is_paired_over_the_patients_of_both_years():
    before, now = replace(TYPED, year=YEAR - 1, ratio=1.10), replace(TYPED, ratio=1.00)
    same = change(before, now, own(100, 200, 900), own(100, 200, 900), definition())
    assert same == Change(pytest.approx(1 / 1.1 - 1), pytest.approx(1 / 1.1 - 1), pytest.approx(1 / 1.1 - 1))
    others = change(before, now, own(100, 200, 900), own(100, 200, 900, start=50), definition())
    assert others is not None
    assert same is not None
    apart = sum((one - 400) ** 2 for one in (100, 200, 900)) / 1200**2
    assert math.log((1 + others.high) / (1 + others.change)) == pytest.approx(1.96 * math.sqrt(2 * apart))
    assert change(before, now, own(0, 0), own(1, 2), definition()) is None


@pytest.mark.slow
def test_the_record_gives_the_faithful_patients_and_what_they_cost(tmp_path: Path):
    tables = village({"d1": [1000, 0, 3000]})
    tables["deliveries"] += [("d1-p01", "2025-06-02", None, OTHER_DRUG, 1, 700, "s1", "03")]
    store = opened(tmp_path / "d", **tables)
    told = spending(store, YEAR, definition(), "d1", [DRUG])
    assert told == Spending({"d1-p00": 1000, "d1-p01": 0, "d1-p02": 3000}, 1, True)
    assert spending(store, YEAR, definition(), "d1", None) == replace(told, of_a_reference=False)
    assert spending(store, YEAR, definition(), "d1", []).observed_cents == 0


@pytest.mark.slow
def test_a_year_the_record_does_not_hold_is_told(tmp_path: Path):
    about = practice.dataset(covers_from="2026-01-01")
    with pytest.raises(UserError, match="reste sans intervalle"):
        spending(opened(tmp_path / "d", about, **village({"d1": [1, 2]})), YEAR, definition(), "d1", None)
