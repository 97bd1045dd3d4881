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


def judged(name, one, version=SIGNED, old=OLD):
    """Value and side of each reading of a statement, by its label."""
    tested = put_to_the_test(CLAIMS[name], one, version, old)
    return tested, {read.reading.label: (read.value, read.side) for read in tested.readings}


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


@pytest.mark.parametrize(("unseen", "verdict", "least"), [(0, "holds", 4_625), (5, "depends", 0)])
def test_a_complex_patient_is_worth_more_unless_he_is_not_seen(unseen, verdict, least):
    tested, found = judged("patient_complexe", small_country(unseen))
    assert tested.verdict == verdict
    assert found["patients vus dans les deux ans"] == (4_625, "within")
    assert tested.low == least
    assert len(tested.rows) == 1


def test_a_complex_patient_worth_less_makes_the_statement_fail():
    cheap = apply_changes(SIGNED, {"socle.ald_des_80_ans": 50})
    assert judged("patient_complexe", small_country(), cheap)[0].verdict == "fails"


def test_savings_are_looked_at_with_and_without_the_forfait_structure():
    one = small_country()
    assert costs(one, OLD) == {"socle": 60_400_00, "rosp": 53_610_00, "structure": 41_800_00}
    assert costs(one, SIGNED) == {"socle": 82_000_00, "prevention": 2_000_00, "donum": 14_700_00}
    tested, found = judged("pas_d_economie", one)
    assert [value for value, _ in found.values()] == pytest.approx(
        [84_000 / 114_010 - 1, 98_700 / 155_810 - 1, 113_400 / 155_810 - 1, 84_000 / 155_810 - 1]
    )
    assert tested.verdict == "fails"
    assert {side for _, side in found.values()} == {"below"}
    assert [(row.part, row.before_cents, row.after_cents) for row in tested.rows] == [
        ("socle", 60_400_00, 82_000_00), ("rosp", 53_610_00, 0), ("prevention", 0, 2_000_00),
    ]  # fmt: skip
    dearer = apply_changes(SIGNED, {"socle.ald_des_80_ans": 160})  # 120 000 euros: between 114 010 and 155 810
    assert judged("pas_d_economie", one, dearer)[0].verdict == "depends"


@pytest.mark.parametrize(
    ("amount", "side"), [(84.9, "below"), (85, "within"), (90, "within"), (90.1, "above"), (110, "above")]
)
def test_the_rise_of_the_fixed_part_is_below_within_or_above_what_was_announced(amount, side):
    """6 040 euros before; 60 patients in ALD at the amount and 40 at 46.15: 6 946 at 85, 7 246 at 90."""
    version = apply_changes(SIGNED, {"socle.ald_des_80_ans": amount, "socle.des_80_ans": 46.15})
    tested, found = judged("hausse_moyenne", small_country(), version)
    rise = (60 * amount + 40 * 46.15) / 6_040 - 1
    assert len(found) == 5
    assert {label: value for label, (value, _) in found.items()} == dict.fromkeys(found, pytest.approx(rise))
    assert {where for _, where in found.values()} == {side}
    assert tested.verdict == ("holds" if side == "within" else "fails")
    assert [(row.before_cents, row.after_cents, row.doctors) for row in tested.rows] == [
        (6_040_00, round(6_000 * amount) + 1_846_00, 10)
    ]


def test_the_mean_rate_is_recomputed_plain_and_weighted():
    tested, found = judged("taux_moyen", small_country())
    assert [round(value, 6) for value, _ in found.values()] == [
        round(845 / 1500, 6),
        0.55,
    ]  # flu alone concerns somebody
    assert [side for _, side in found.values()] == ["within", "above"]
    assert tested.verdict == "depends"
    assert tested.left_out == ("pondérée, indicateurs du diaporama (52 % annoncés)",)  # not counted in this country
    [flu] = [row for row in tested.rows if row.eligible is not None]
    assert (flu.indicator, flu.eligible, flu.validated, flu.national) == ("vaccin_grippe", 1_000, 400, 0.55)


def many_doctors(lost: int, kept: int) -> Country:
    """Lists of 200 patients of 40 years, or of 100 patients of 82 in ALD, each for ten doctors."""
    names = [f"m{place}" for place in range(lost + kept)]
    cells = [
        {"doctor_id": name, "age": 40 if place < lost else 82, "ald": int(place >= lost), "c2s": 0, "seen": 1,
         "patients": 200 if place < lost else 100}
        for place, name in enumerate(names)
    ]  # fmt: skip
    nobody = pa.nulls(len(names), pa.int32())
    doctors = {"doctor_id": names, "zone": ["zip"] * len(names), "birth_day": nobody, "installed_day": nobody,
               "first_installation": [False] * len(names), "weight": [10] * len(names)}  # fmt: skip
    verdicts = {SET: pa.table({"doctor_id": names, "indicator": ["vaccin_grippe"] * len(names),
                               "patients": [0] * len(names), "unseen": [0] * len(names)})}  # fmt: skip
    people = Population.from_cells(pa.Table.from_pylist(cells), pa.table(doctors), SIGNED, YEAR, verdicts)
    return replace(small_country(), people=people)


def test_nobody_loses_is_a_share_of_simulated_doctors_with_its_interval():
    """Young lists: 1 100 and 1 470 euros against 1 000 and 9 541. Old ones: 11 000 and 1 470 against 7 000 and 9 541, then
    16 500 and 1 470 when the line is raised to 150 euros: these gain, and no majoration comes near 5 000."""
    tested, found = judged("aucun_perdant", many_doctors(10, 30))
    assert found["tout compris, plus de 500 euros de moins"] == (1.0, "above")
    share = tested.readings[0].share
    assert share is not None
    assert (share.simulated, share.value) == (40, 1.0)
    rise = apply_changes(SIGNED, {"socle.ald_des_80_ans": 150})
    tested, found = judged("aucun_perdant", many_doctors(10, 30), rise)
    assert found["tout compris, plus de 500 euros de moins"] == (0.25, "above")
    assert found["majoration de zone contre un contrat COSCOM de 5 000 euros par an"] == (1.0, "above")
    assert tested.verdict == "fails"


def test_a_share_of_too_few_simulated_doctors_is_left_out_and_named():
    tested, found = judged("aucun_perdant", many_doctors(10, 19))
    assert (tested.verdict, found, tested.readings) == ("untested", {}, ())
    assert len(tested.left_out) == len(CLAIMS["aucun_perdant"].reading)


@pytest.mark.parametrize(
    ("amount", "pay", "side"),
    [(288, 20_480, "below"), (289, 20_540, "within"), (321, 22_460, "within"), (322, 22_520, "above")],
)
def test_the_mean_pay_is_within_a_thousand_euros_of_what_was_announced_or_not(amount, pay, side):
    """60 patients at the amount and 40 at 80 euros."""
    version = apply_changes(SIGNED, {"socle.ald_des_80_ans": amount, "socle.des_80_ans": 80})
    found = judged("forfait_21_500", small_country(), version)[1]
    assert found["socle seul, en moyenne"] == (pay * 100, side)
    assert found["socle, majorations et C2S, médecin médian"] == (pay * 100, side)
    assert found["avec la prévention, en moyenne"][0] == (pay + 200) * 100


def test_the_median_doctor_counts_for_those_he_stands_for():
    """Ten lists at 1 000 euros and thirty at 10 000: the median is an old one, the mean 7 750."""
    _, found = judged("forfait_21_500", many_doctors(10, 30))
    assert found["socle seul, en moyenne"][0] == 775_000
    assert found["socle, majorations et C2S, médecin médian"][0] == 1_100_000


def test_the_envelope_of_the_rosp_is_compared_with_the_prevention_that_replaces_it():
    """Ten doctors: 400 validated at 5 euros, or 1 000 concerned at 55 %, against 53 610 or 51 130 euros of ROSP."""
    _, found = judged("enveloppe_rosp", small_country())
    assert [value for value, _ in found.values()] == pytest.approx(
        [2_000 / 53_610 - 1, 2_750 / 53_610 - 1, 2_000 / 51_130 - 1, 2_750 / 51_130 - 1]
    )
    same = apply_changes(SIGNED, {"prevention.amount": 134})  # 53 600 euros
    _, found = judged("enveloppe_rosp", small_country(), same)
    assert found["taux de la population, ROSP de 2024 (5 361 euros)"][1] == "within"
    assert found["taux de la population, ROSP de 2022 (5 113 euros)"][1] == "above"


def test_what_is_lost_of_the_forfait_structure_depends_on_what_donum_brings():
    tested, found = judged("structure_perdue", small_country())
    assert list(found.values()) == [
        (1_274_00, "within"), (1_240_00, "below"), (2_220_00, "within"), (2_710_00, "within"),
    ]  # fmt: skip
    assert (tested.verdict, tested.low, tested.high, list(tested.rows)) == ("depends", 1_240_00, 2_710_00, [])


def test_a_reading_that_the_agreement_cannot_take_is_left_out_and_named():
    version = load_version("fpmt_2024")
    tested = put_to_the_test(CLAIMS["patient_complexe"], small_country(), version, OLD)
    assert tested.left_out == ("tous les patients, C2S payée aussi aux non vus",)


def test_every_statement_says_its_source_and_what_was_announced():
    for claim in CLAIMS.values():
        bounds = [(one.low, one.high) for one in (claim, *claim.reading)]
        assert any(low is not None or high is not None for low, high in bounds)
        assert len({one.label for one in claim.reading}) == len(claim.reading) >= 2
        assert claim.announced
        assert claim.reference
    assert "paragraphe 10" in CLAIMS["patient_complexe"].reference[0].title
    assert "paragraphe 13" in CLAIMS["pas_d_economie"].reference[0].title


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
