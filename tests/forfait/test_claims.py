"""Statements put to the test: verdicts and figures on lists small enough to check with a pencil."""

from dataclasses import replace

import pyarrow as pa
import pytest

from calculators.forfait import country
from calculators.forfait.claims import claims, costs, per_patient, put_to_the_test
from calculators.forfait.country import Country
from calculators.forfait.population import Population, price
from calculators.forfait.version import apply_changes, load_version
from tests.forfait.cases import YEAR

SIGNED, OLD = load_version("convention_2024"), load_version("fpmt_2024")
SET = "convention_2024"
CLAIMS = {claim.id: claim for claim in claims()}


def small_country(unseen: int = 0) -> Country:
    """One list that stands for ten: 100 patients of 82, 60 of them in ALD, half of these validated for one indicator;
    `unseen` of the others are not seen."""
    cells = [
        {"doctor_id": "m", "age": 82, "ald": 1, "c2s": 0, "seen": 1, "patients": 60},
        {"doctor_id": "m", "age": 82, "ald": 0, "c2s": 0, "seen": 1, "patients": 40},
        {"doctor_id": "m", "age": 82, "ald": 1, "c2s": 0, "seen": 0, "patients": unseen},
        {"doctor_id": "m", "age": 82, "ald": 0, "c2s": 0, "seen": 0, "patients": unseen},
    ]
    judged = {"indicator_set": SET, "doctor_id": "m", "indicator": "vaccin_grippe"}
    profile = {"indicator_set": SET, "age": 82, "c2s": 0, "seen": 1, "indicator": "vaccin_grippe"}
    nobody = pa.nulls(1, pa.int32())
    found = {
        "doctors": pa.table({"doctor_id": ["m"], "zone": ["none"], "birth_day": nobody, "installed_day": nobody,
                             "first_installation": [False], "weight": [10]}),
        "cells": pa.Table.from_pylist([cell for cell in cells if cell["patients"]]),
        "indicators": pa.Table.from_pylist([judged | {"eligible": 100, "patients": 40, "unseen": 0}]),
        "profiles": pa.Table.from_pylist(
            [profile | {"ald": 1, "eligible": 600, "validated": 300},
             profile | {"ald": 0, "eligible": 400, "validated": 100}]
        ),
    }  # fmt: skip
    return country.build(found, SIGNED, YEAR, "Essai", True)


def test_what_a_patient_is_worth_is_base_c2s_and_the_prevention_of_his_profile():
    rows = per_patient(small_country(), SIGNED).to_pylist()
    found = {
        row["ald"]: (row["patients"], row["base_cents"], row["prevention_cents"], row["total_cents"]) for row in rows
    }
    assert found == {1: (600, 10_000, 250, 10_250), 0: (400, 5_500, 125, 5_625)}


def test_profiles_and_doctors_add_up_to_the_same_cost():
    one = small_country(7)
    profiles = per_patient(one, SIGNED).to_pylist()
    assert sum(row["patients"] * row["total_cents"] for row in profiles) == price(one.people, SIGNED).cost_cents


@pytest.mark.parametrize(("unseen", "verdict"), [(0, "holds"), (5, "partly")])
def test_a_complex_patient_is_worth_more_unless_he_is_not_seen(unseen, verdict):
    tested = put_to_the_test(CLAIMS["patient_complexe"], small_country(unseen), SIGNED, OLD)
    assert tested.verdict == verdict
    assert tested.figures["least_gap_seen_cents"] == 4_625
    assert tested.figures["not_above_unseen"] == (unseen > 0)


def test_a_complex_patient_worth_less_makes_the_statement_fail():
    cheap = apply_changes(SIGNED, {"socle.ald_des_80_ans": 50})
    assert put_to_the_test(CLAIMS["patient_complexe"], small_country(), cheap, OLD).verdict == "fails"


def test_savings_are_looked_at_with_and_without_the_forfait_structure():
    one = small_country()
    assert costs(one, OLD) == {"socle": 60_400_00, "rosp": 53_610_00, "structure": 41_800_00}
    tested = put_to_the_test(CLAIMS["pas_d_economie"], one, SIGNED, OLD)
    assert tested.figures == {
        "new_cents": 84_000_00, "old_without_structure_cents": 114_010_00,
        "new_with_structure_cents": 113_400_00, "old_with_structure_cents": 155_810_00,
    }  # fmt: skip
    assert tested.verdict == "fails"
    dearer = apply_changes(SIGNED, {"socle.ald_des_80_ans": 200, "means.donum": 0})
    assert put_to_the_test(CLAIMS["pas_d_economie"], one, dearer, OLD).verdict == "partly"


@pytest.mark.parametrize(("amount", "verdict"), [(84.9, "fails"), (85.1, "holds"), (90, "holds"), (90.1, "fails")])
def test_the_rise_of_the_fixed_part_is_between_the_two_bounds_or_not(amount, verdict):
    version = apply_changes(SIGNED, {"socle.ald_des_80_ans": amount, "socle.des_80_ans": 46.15})
    tested = put_to_the_test(CLAIMS["hausse_moyenne"], small_country(), version, OLD)
    rise = (60 * amount + 40 * 46.15) / 6_040 - 1
    assert tested.figures["total_rise"] == pytest.approx(rise)
    assert tested.figures["mean_of_rises"] == pytest.approx(rise)
    assert tested.verdict == verdict


def test_the_mean_rate_is_recomputed_plain_and_weighted():
    tested = put_to_the_test(CLAIMS["taux_moyen"], small_country(), SIGNED, OLD)
    assert tested.figures["plain"] == pytest.approx(845 / 1500)
    assert tested.figures["weighted"] == pytest.approx(0.55)  # flu alone concerns somebody here
    assert tested.figures["observed"] == pytest.approx(0.40)
    assert tested.verdict == "partly"


def test_another_agreement_is_looked_at_in_its_own_ages():
    """Nine patients of each age from 60 to 89, three in ALD: means recomputed by hand, band by band."""
    moved = {
        "ald_des_80_ans.age.min": 70, "des_80_ans.age.min": 70, "ald_avant_80_ans.age.max": 69,
        "de_75_a_79_ans.age.min": 66, "de_75_a_79_ans.age.max": 69, "de_7_a_74_ans.age.max": 65,
    }  # fmt: skip
    moved = {f"socle.{path}": age for path, age in moved.items()}
    other = apply_changes(SIGNED, moved)
    cells = [
        {"doctor_id": "m", "age": age, "ald": ald, "c2s": 0, "seen": 1, "patients": 6 - 3 * ald}
        for age in range(60, 90)
        for ald in (0, 1)
    ]
    nobody = pa.nulls(1, pa.int32())
    doctors = {"doctor_id": ["m"], "zone": ["none"], "birth_day": nobody, "installed_day": nobody,
               "first_installation": [False], "weight": [10]}  # fmt: skip
    people = Population.from_cells(pa.Table.from_pylist(cells), pa.table(doctors), other, YEAR)
    rows = per_patient(replace(small_country(), people=people), other).to_pylist()
    found = {(row["from_age"], row["to_age"], row["ald"]): (row["patients"], row["base_cents"]) for row in rows}
    assert found == {
        (7, 65, 0): (6 * 6 * 10, 500), (7, 65, 1): (6 * 3 * 10, 5_500), (66, 69, 0): (4 * 6 * 10, 1_500),
        (66, 69, 1): (4 * 3 * 10, 5_500), (70, None, 0): (20 * 6 * 10, 5_500), (70, None, 1): (20 * 3 * 10, 10_000),
    }  # fmt: skip
