"""A country of cells: the totals of its patients one by one, and nothing lost between memory and disk."""

import time
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UnusableFolderError
from calculators.forfait import country
from calculators.forfait.population import price
from calculators.forfait.version import load_version
from tests.forfait import cases, oracle
from tests.forfait.cases import YEAR
from tests.forfait.test_pay import folder

SIGNED = load_version("convention_2024")
SET = "convention_2024"


def concerned(case):
    """Every verdict of the case validated, and one more patient in each list concerned by one indicator, not validated."""
    done = set(case.validated)
    also = {(row["doctor_id"], row["patient_id"], "suivi_hba1c") for row in case.tables["registrations"]} - done
    return [(*row, True) for row in sorted(done)] + [(*row, False) for row in sorted(also)]


def judged(rows):
    names = ("doctor_id", "patient_id", "indicator")
    columns = {name: pa.array([row[position] for row in rows], pa.string()) for position, name in enumerate(names)}
    return pa.table({**columns, "validated": pa.array([row[3] for row in rows], pa.bool_())})


def made(case, doctors):
    return country.tables(case.store(), SIGNED, YEAR, {SET: judged(concerned(case))}, doctors)


@pytest.mark.oracle
@settings(max_examples=min(12, settings.default.max_examples))
@given(case=cases.cases(), doctors=st.integers(2, 9))
def test_a_weighted_country_costs_what_its_patients_cost_one_by_one(case, doctors):
    found = made(case, doctors)
    weights = dict(zip(found["doctors"]["doctor_id"].to_pylist(), found["doctors"]["weight"].to_pylist(), strict=True))
    assert not weights or (sum(weights.values()) == doctors and max(weights.values()) - min(weights.values()) <= 1)
    priced = price(country.build(found, SIGNED, YEAR, "Essai", True).people, SIGNED)
    rows = oracle.pay(case.tables, case.about, cases.agreement(SET), YEAR, case.validated)
    assert priced.cost_cents == sum(row[4] * weights[row[0]] for row in rows if row[0] in weights)


@pytest.mark.oracle
@settings(max_examples=min(12, settings.default.max_examples))
@given(case=cases.cases())
def test_patients_concerned_and_validated_are_counted_by_doctor_and_by_profile(case):
    found = made(case, 4)
    weights = dict(zip(found["doctors"]["doctor_id"].to_pylist(), found["doctors"]["weight"].to_pylist(), strict=True))
    lists = oracle.the_list(case.tables, case.about, cases.agreement(SET), YEAR)
    by_doctor, by_profile = defaultdict(lambda: [0, 0, 0]), defaultdict(lambda: [0, 0])
    for doctor, patient, indicator, validated in concerned(case):
        facts = lists.get((doctor, patient), {})
        unseen = facts.get("seen") is False
        by_doctor[doctor, indicator] = np.add(by_doctor[doctor, indicator], (1, validated, validated and unseen))
        if facts:
            key = (
                *(None if facts[name] is None else int(facts[name]) for name in ("age", "ald", "c2s", "seen")),
                indicator,
            )
            by_profile[key] = np.add(by_profile[key], (weights[doctor], validated * weights[doctor]))
    rows = found["indicators"].to_pylist()
    assert {(r["doctor_id"], r["indicator"]): [r["eligible"], r["patients"], r["unseen"]] for r in rows} == {
        key: list(value) for key, value in by_doctor.items()
    }
    rows = found["profiles"].to_pylist()
    assert {
        (r["age"], r["ald"], r["c2s"], r["seen"], r["indicator"]): [r["eligible"], r["validated"]] for r in rows
    } == {key: list(value) for key, value in by_profile.items()}


@pytest.mark.oracle
@settings(max_examples=min(5, settings.default.max_examples))
@given(case=cases.cases())
def test_a_country_comes_back_from_disk_as_it_was(tmp_path_factory, case):
    to = tmp_path_factory.mktemp("pays")
    found = made(case, 4)
    country.save(found, to, SIGNED, YEAR, synthetic=True)
    there, here = country.open_country(to), country.build(found, SIGNED, YEAR, "Essai", True)
    assert (there.year, there.synthetic, there.label) == (YEAR, True, "Population de référence fictive")
    assert price(there.people, SIGNED).table().equals(price(here.people, SIGNED).table())
    assert there.profiles.keys() == here.profiles.keys()


def test_a_folder_without_a_country_is_told(tmp_path):
    with pytest.raises(UnusableFolderError, match=r"country\.toml manque"):
        country.open_country(tmp_path)


def test_a_country_counted_under_another_reading_is_refused(tmp_path):
    store = folder(tmp_path, patients=[("p1", "1990-01-01", "F")])
    found = country.tables(store, SIGNED, YEAR, {SET: judged([])}, 10)
    country.save(found, tmp_path / "pays", SIGNED, YEAR, synthetic=True)
    about = tmp_path / "pays" / "country.toml"
    about.write_text(about.read_text().replace('"24"', '"36"'))
    with pytest.raises(UnusableFolderError, match="autre lecture"):
        country.open_country(tmp_path / "pays")


def test_a_country_is_priced_in_a_fraction_of_the_time_allowed():
    rng = np.random.default_rng(3)
    doctors, ages = 1_000, np.arange(0, 105)
    profiles = np.array([(age, ald, c2s, seen) for age in ages for ald in (0, 1) for c2s in (0, 1) for seen in (0, 1)])
    names = [f"m{number}" for number in range(doctors)]
    cells = {name: np.tile(profiles[:, place], doctors) for place, name in enumerate(("age", "ald", "c2s", "seen"))}
    size = doctors * len(profiles)
    nobody = pa.nulls(doctors, pa.int32())
    found = {
        "cells": pa.table({"doctor_id": np.repeat(names, len(profiles)), **cells, "patients": rng.integers(0, 4, size)}),
        "doctors": pa.table(
            {"doctor_id": names, "zone": ["zip"] * doctors, "birth_day": nobody, "installed_day": nobody,
             "first_installation": [False] * doctors, "weight": country._spread(43_760, doctors)}
        ),
        "indicators": pa.table(
            {"indicator_set": [SET] * doctors, "doctor_id": names, "indicator": ["vaccin_grippe"] * doctors,
             "eligible": [300] * doctors, "patients": [150] * doctors, "unseen": [10] * doctors}
        ),
        "profiles": pa.table(
            {"indicator_set": pa.array([], pa.string()), "age": pa.array([], pa.int32()),
             "indicator": pa.array([], pa.string()), "eligible": pa.array([], pa.int64())}
        ),
    }  # fmt: skip
    people = country.build(found, SIGNED, YEAR, "Essai", True).people
    assert people.weight.sum() == 43_760
    start = time.process_time()
    price(people, SIGNED)
    assert time.process_time() - start < 0.3
