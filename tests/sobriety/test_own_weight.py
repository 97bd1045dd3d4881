"""The reference as an estimate, and without oneself: the program's figures are those of the plain oracle at every edge."""

from random import Random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from calculators.sobriety.ratio import Scale
from calculators.sobriety.reference_files import ASSUMED, ESTIMATED
from calculators.sobriety.statistics import Norms
from tests.sobriety.oracle import LIMITS, Held, compare, spread_limits
from tests.sobriety.references import (
    DEFINITION,
    KEYS,
    STRATA,
    cells_of,
    crowd,
    helds,
    mine_of,
    reference_of,
    spread_of,
)

COLUMNS = {"expected": "expected_cents", "ratio": "ratio", "se": "se", **{name: name for name in LIMITS}}


@pytest.mark.oracle
@given(helds(), st.integers(0, 10_000))
@example(Held({frozenset(["17-39 F"]): [("d2", 100), ("d3", 40_000)]}), 0)  # limits beyond what a number holds
def test_every_figure_is_that_of_the_oracle_for_doctors_of_the_reference_and_an_outsider(held: Held, seed: int):
    """Strata of 19, 20 and 21 patients, strata held as one, strata where nobody else is left."""
    random = Random(seed)
    lists = [mine_of(held, doctor, random) for doctor in ("d1", "d2", "d3")]
    lists.append([(key, random.choice([0, 250, 9000])) for key, _ in random.choice(lists)])  # the outsider
    scale = Scale(reference_of(held), DEFINITION)
    cells, inside = cells_of(lists), np.array([True, True, True, False])
    rows = scale.rows(cells, cells, [None] * 4, inside)
    for mine, doctor, row in zip(lists, ("d1", "d2", "d3", None), rows, strict=True):
        if not mine:
            assert (row["own_weight"], row["smallest_stratum"], row["ratio"]) == (None, None, None)
            continue
        wanted = compare(mine, held, doctor)
        for name, column in COLUMNS.items():
            same(row[column], wanted[name], column)
        for name in ("ratio", *LIMITS):
            same(row[f"{name}_without_self"], wanted["without_self"][name], f"{name}_without_self")
        same(row["own_weight"], held.own_weight(mine, doctor), "own_weight")
        assert row["smallest_stratum"] == min(len(held.groups[held.group_of(key)]) for key, _ in mine)


def same(found: float | None, wanted: float | None, what: str) -> None:
    assert (found is None) == (wanted is None), what
    assert found is None or found == pytest.approx(wanted, rel=1e-9, abs=1e-9), what


@given(helds(), st.integers(0, 10_000))
@pytest.mark.slow
def test_an_outsider_has_the_same_figures_with_and_without_himself(held: Held, seed: int):
    random = Random(seed)
    mine = [(random.choice(sorted(group)), 700) for group in held.groups for _ in range(3)]
    cells = cells_of([mine])
    [row] = Scale(reference_of(held), DEFINITION).rows(cells, cells, [None], np.array([False]))
    assert row["own_weight"] == 0
    for name in ("ratio", *LIMITS):
        assert row[f"{name}_without_self"] == row[name]


@pytest.mark.parametrize(("patients", "own"), [(19, False), (20, True)])
def test_a_stratum_has_its_own_variance_from_twenty_patients_on(patients: int, own: bool):
    """Below, that of all patients of its age class: here 100 others at 0 or 200 cents."""
    costs = [500, 900] * 10
    others = [0, 200] * 50
    held = Held({
        frozenset(["75+ F"]): [("d1", cents) for cents in costs[:patients]],
        frozenset(["75+ M"]): [("d1", cents) for cents in others],
    })  # fmt: skip
    norms = reference_of(held).by_stratum.norms(DEFINITION)
    pool = costs[:patients] if own else costs[:patients] + others
    assert norms.variance[KEYS.index("75+ F")] == pytest.approx(np.var(pool, ddof=1))
    assert norms.variance[KEYS.index("75+ M")] == pytest.approx(np.var(others, ddof=1))


@pytest.mark.parametrize(("beside", "of_his_age"), [(17, False), (18, True)])
def test_an_age_class_of_fewer_than_twenty_gives_way_to_everybody(beside: int, of_his_age: bool):
    held = Held({
        frozenset(["75+ F"]): [("d1", 500), ("d1", 900)],
        frozenset(["75+ M"]): [("d1", 100)] * beside,
        frozenset(["17-39 M"]): [("d1", 7000), ("d1", 0)] * 30,
    })  # fmt: skip
    pool = [500, 900] + [100] * beside + ([] if of_his_age else [7000, 0] * 30)
    found = reference_of(held).by_stratum.norms(DEFINITION).variance[KEYS.index("75+ F")]
    assert found == pytest.approx(np.var(pool, ddof=1))


def test_strata_held_as_one_count_once_by_hand():
    """Two of his patients in each of two strata held as one, of 20 patients: n_s = 4, N_s = 20; ref = 4 sqrt(var / 20)."""
    one = frozenset(["75+ F", "65-74 F"])
    held = Held({one: [("d1", 1000), ("d2", 3000)] * 10})
    cells = cells_of([[("75+ F", 1000), ("75+ F", 3000), ("65-74 F", 1000), ("65-74 F", 3000)]])
    scale = Scale(reference_of(held), DEFINITION)
    [row] = scale.rows(cells, cells, [None], np.array([False]))
    variance = 1000**2 * 20 / 19
    assert row["expected_cents"] == 4 * 2000
    own = np.sqrt(4 / 3 * 4 * 1000**2) / 8000
    nat, ref = np.sqrt(4 * variance) / 8000, 4 * np.sqrt(variance / 20) / 8000
    assert row["se"] == pytest.approx(np.hypot(max(own, nat), ref))
    assert row["smallest_stratum"] == 20


def test_without_himself_a_stratum_where_nobody_is_left_pools_the_ages_then_everybody():
    """d1 alone at 75: the others of that sex and rights are the 40 year olds (2000); alone as a man with ALD: all others."""
    held = Held({
        frozenset(["40-54 F"]): [("d2", 2000)] * 4, frozenset(["75+ F"]): [("d1", 9000)],
        frozenset(["75+ M ALD"]): [("d1", 9000)], frozenset(["75+ F C2S"]): [("d2", 6000)] * 4,
    })  # fmt: skip
    cells = cells_of([mine_of(held, "d1", Random(0))])
    others = Scale(reference_of(held), DEFINITION).without(cells)
    for key, mean, behind in (("75+ F", 2000, 4), ("75+ M ALD", 4000, 8), ("75+ F C2S", 6000, 4)):
        place = KEYS.index(key)
        assert (others.mean[0, place], others.patients[0, place]) == (mean, behind)
        assert others.variance[place] == Scale(reference_of(held), DEFINITION).norms.variance[place]


def test_an_exact_reference_adds_nothing_to_chance():
    norms = Norms(np.full(len(KEYS), 100.0), np.full(len(KEYS), 50.0))
    from calculators.sobriety import statistics

    found = statistics.measure(cells_of([[(KEYS[0], 80), (KEYS[1], 150)]]), norms)
    assert (found.ref[0], found.se[0]) == (0, found.chance[0])


@pytest.mark.parametrize("count", [3, 4, 19, 20, 300])
def test_the_limits_of_tau_put_q_at_the_centiles_of_a_chi_square(count: int):
    doctors = crowd(count)
    low, high = spread_of(doctors)
    assert (low, high) == pytest.approx(spread_limits([(row["ratio"], row["se"]) for row in doctors]), abs=1e-7)
    for limit, centile in ((low, 0.975), (high, 0.025)):
        weights = 1 / (0.07**2 + limit**2)
        effects = np.log([row["ratio"] for row in doctors])
        q = weights * ((effects - effects.mean()) ** 2).sum()
        assert limit == 0 or stats.chi2.cdf(q, count - 1) == pytest.approx(centile)


@pytest.mark.parametrize(
    ("count", "spread", "tau", "basis", "limits"),
    [
        (2, 0.3, 0.15, ASSUMED, False),
        (3, 0.3, 0.15, ASSUMED, True),
        (19, 0.3, 0.15, ASSUMED, True),
        (20, 0.3, None, ESTIMATED, True),
        (20, 0.0, 0.15, ASSUMED, True),
        (99, 0.0, 0.15, ASSUMED, True),
        (100, 0.0, 0.0, ESTIMATED, True),
    ],
)
def test_tau_is_assumed_of_few_doctors_and_where_few_seem_not_to_differ(
    count: int, spread: float, tau: float | None, basis: str, limits: bool
):
    held = Held({frozenset(["75+ F"]): [("d1", 1000)] * 30})
    found = reference_of(held, crowd(count, spread)).spread(DEFINITION)
    assert found.basis == basis
    assert found.tau > 0.1 if tau is None else found.tau == tau
    assert ((found.low, found.high) != (None, None)) == limits
    if limits and not spread:
        assert (found.low, found.high) == (0, 0)


def test_a_doctor_whose_ratio_is_zero_says_nothing_of_tau():
    held = Held({frozenset(["75+ F"]): [("d1", 1000)] * 30})
    known = crowd(20, 0.3)
    more = [*known, {"doctor_id": "z", "patients": 300, "ratio": 0.0, "se": None, "expected_cents": 1e6}]
    one, other = (reference_of(held, rows).spread(DEFINITION) for rows in (known, more))
    assert one == other


def test_the_strata_are_in_the_order_the_flags_expect():
    assert [s.age_class for s in STRATA[::8]] == ["17-39", "40-54", "55-64", "65-74", "75+"]
    assert len({s.line for s in STRATA[:8]}) == 8
