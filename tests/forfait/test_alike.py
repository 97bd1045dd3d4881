"""Lists brought to three numbers: they have them, they keep the rest of what they are, and pay follows."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.forfait import country
from calculators.forfait.alike import alike, entries, lists, spread
from calculators.forfait.country import Country
from calculators.forfait.population import price
from calculators.forfait.version import load_version
from tests.forfait.cases import YEAR

SIGNED = load_version("convention_2024")
PROFILES = [(age, ald, c2s, 1) for age in (3, 40, 79, 80, 95) for ald in (0, 1) for c2s in (0, 1)]
OLD = entries().old_from


def of_counts(counts: list[list[int]], validated: list[int]) -> Country:
    """Doctors by their patients of each profile, each with so many vaccinated among half of his list."""
    names = [f"m{number}" for number in range(len(counts))]
    nobody = pa.nulls(len(names), pa.int32())
    cells = [
        {"doctor_id": name, "age": age, "ald": ald, "c2s": c2s, "seen": seen, "patients": patients}
        for name, row in zip(names, counts, strict=True)
        for (age, ald, c2s, seen), patients in zip(PROFILES, row, strict=True)
    ]
    national = np.array(counts).sum(axis=0)
    found = {
        "cells": pa.Table.from_pylist(cells),
        "doctors": pa.table({"doctor_id": names, "zone": ["none"] * len(names), "birth_day": nobody,
                             "installed_day": nobody, "first_installation": [False] * len(names),
                             "weight": [1] * len(names)}),
        "indicators": pa.table({"indicator_set": [SIGNED.indicator_set] * len(names), "doctor_id": names,
                                "indicator": ["vaccin_grippe"] * len(names), "eligible": validated, "patients": validated,
                                "unseen": [0] * len(names)}),
        "profiles": pa.Table.from_pylist(
            [{"indicator_set": SIGNED.indicator_set, "age": age, "ald": ald, "c2s": c2s, "seen": seen,
              "indicator": "vaccin_grippe", "eligible": int(n), "validated": int(n) if age >= OLD else 0}
             for (age, ald, c2s, seen), n in zip(PROFILES, national, strict=True)]
        ),
    }  # fmt: skip
    return country.build(found, SIGNED, YEAR, "essai", True)


LISTS = st.lists(st.lists(st.integers(0, 90), min_size=20, max_size=20), min_size=2, max_size=5)


def grouped(counts: np.ndarray) -> dict[tuple[bool, int], np.ndarray]:
    """Patients of each list by (old, ALD)."""
    found: dict[tuple[bool, int], np.ndarray] = {}
    for place, (age, ald, _, _) in enumerate(PROFILES):
        key = age >= OLD, ald
        found[key] = found.get(key, 0) + counts[:, place].astype(float)
    return found


@given(counts=LISTS, data=st.data())
@pytest.mark.slow
def test_every_list_has_the_three_numbers_and_keeps_its_odds_and_its_rights(counts, data):
    counts = [*counts, [1] * len(PROFILES)]  # the country has somebody of each group
    known = lists(of_counts(counts, [9] * len(counts)), 1)
    patients = data.draw(st.integers(50, 3_000))
    ald, old = (data.draw(st.integers(0, patients)) for _ in range(2))
    brought = alike(known, patients, ald, old)
    before, after = grouped(np.array(counts)), grouped(brought.counts)
    assert sum(after.values()) == pytest.approx(patients, rel=1e-4)
    assert after[False, 1] + after[True, 1] == pytest.approx(ald, rel=1e-4, abs=1e-2)
    assert after[True, 0] + after[True, 1] == pytest.approx(old, rel=1e-4, abs=1e-2)
    assert brought.counts.min() >= 0
    for doctor, row in enumerate(counts):
        cells = [before[key][doctor] + 0.5 for key in ((False, 0), (True, 1), (False, 1), (True, 0))]
        odds = cells[0] * cells[1] / (cells[2] * cells[3])
        none, both, only_ald, only_old = (after[key][doctor] for key in ((False, 0), (True, 1), (False, 1), (True, 0)))
        own = (
            sum(row),
            before[False, 1][doctor] + before[True, 1][doctor],
            before[True, 0][doctor] + before[True, 1][doctor],
        )
        if own != (patients, ald, old):
            assert none * both == pytest.approx(odds * only_ald * only_old, rel=1e-2, abs=2 * patients)
        for place, (age, has_ald, _, _) in enumerate(PROFILES):
            group = age >= OLD, has_ald
            if before[group][doctor]:
                share = row[place] / before[group][doctor]
                assert brought.counts[doctor, place] == pytest.approx(share * after[group][doctor], rel=1e-4, abs=1e-3)


@given(counts=LISTS.filter(lambda rows: sum(rows[0]) > 0), validated=st.integers(0, 200))
@pytest.mark.slow
def test_a_list_that_has_the_three_numbers_is_paid_what_it_is(counts, validated):
    every = of_counts(counts, [validated] * len(counts))
    ald = sum(n for (_, has_ald, _, _), n in zip(PROFILES, counts[0], strict=True) if has_ald)
    old = sum(n for (age, _, _, _), n in zip(PROFILES, counts[0], strict=True) if age >= OLD)
    brought = price(alike(lists(every, 1), sum(counts[0]), ald, old), SIGNED)
    assert brought.cents[0].tolist() == price(every.people, SIGNED).cents[0].tolist()


def test_prevention_follows_what_the_country_validates_at_each_profile():
    """All the old are vaccinated in the country; this doctor reaches half of that: ten of twenty."""
    row = [10] * 12 + [5, 5, 5, 5] + [0] * 4
    known = lists(of_counts([row, row], [10, 20]), 1)
    twice = alike(known, 2 * sum(row), 120, 40).validated[SIGNED.indicator_set]
    assert twice.patients.tolist() == [[20], [40]]
    assert alike(known, sum(row), 60, 0).validated[SIGNED.indicator_set].patients.tolist() == [[0], [0]]


def test_a_group_that_a_list_lacks_is_that_of_the_country():
    """The second list has nobody old: its old patients are those of the first, three quarters of them with the C2S."""
    rich = [0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 10, 30, 0, 0, 0, 0, 0, 0]
    young = [0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    brought = alike(lists(of_counts([rich, young], [0, 0]), 1), 100, 0, 40)
    assert brought.counts[1].tolist() == pytest.approx(brought.counts[0].tolist(), abs=1e-3)
    assert brought.counts[1][12:14].tolist() == pytest.approx([10, 30], abs=1e-3)


def test_a_spread_is_where_most_lists_are_and_a_weight_counts():
    found = spread(np.arange(1, 101), np.ones(100, dtype=np.int64))
    assert (found.simulated, found.low, found.middle, found.high) == (100, 5, 50, 95)
    assert spread(np.array([1, 2, 3]), np.array([1, 1, 98])).low == 3


def test_one_list_in_four_is_looked_at():
    known = lists(of_counts([[9] * 20] * 9, [1] * 9))
    assert (len(known.people.doctors), entries().one_in) == (3, 4)
    assert known.people.doctors.doctor_id.tolist() == ["m0", "m4", "m8"]
