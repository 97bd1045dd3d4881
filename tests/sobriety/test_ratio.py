"""The ratio of one doctor: a hand-computed example, every reason, and the words that follow from the interval."""

import math
from dataclasses import fields
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from calculators.records.store import Store, UnknownDoctorError, open_store
from calculators.sobriety import ratio as ratios
from calculators.sobriety import statistics
from calculators.sobriety.ratio import SCHEMA, OtherDefinitionError, Ratio, hangs_on_tau, ratio, verdict, within_tau
from calculators.sobriety.reference import Reference
from calculators.sobriety.statistics import Cells, Norms
from tests import practice
from tests.sobriety.villages import DRUG, YEAR, definition, opened, referenced, village

DESIGN = [
    "doctor_id", "year", "patients", "observed_cents", "expected_cents", "ratio", "se", "low_95", "high_95",
    "low_998", "high_998", "reliability", "shrunk_ratio", "verdict", "reason",
]  # fmt: skip
AFTER = [
    "reason_code", "reference_doctors", "smallest_stratum", "own_weight", "ratio_without_self", "low_95_without_self",
    "high_95_without_self", "low_998_without_self", "high_998_without_self", "tau", "tau_basis", "tau_low", "tau_high",
    "priced_share", "reference_price_share", "prices_from", "prices_to",
]  # fmt: skip
TWO = {"d1": [1000, 3000], "d2": [0, 2000, 2000, 4000]}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Reference]:
    """Two doctors in ordinary order, and the reference they make."""
    folder = tmp_path_factory.mktemp("two")
    store = opened(folder / "d", **village(TWO))
    return store, referenced(folder / "r", store, definition())


def only(table) -> dict:
    [row] = table.to_pylist()
    return row


def test_a_ratio_computed_by_hand(two):
    """Six women of 75: 1000 3000 | 0 2000 2000 4000. Mean 2000, variance 10 000 000 / 5 = 2 000 000.

    d1: O = 4000, E = 2 x 2000, R = 1. own = sqrt(2/1 x (1000² + 1000²)) / 4000 = 0.5;
    nat = sqrt(2 x 2 000 000) / 4000 = 0.5. d2: own = sqrt(4/3 x 8 000 000) / 8000, nat = sqrt(8 000 000) / 8000.
    ref: 2 x sqrt(2 000 000 / 6) / 4000 for d1, 4 x sqrt(2 000 000 / 6) / 8000 for d2, the same.
    Without d1: mean 2000, R = 1, ref = 2 sqrt(2 000 000 / 4) / 4000. Six of their own six: 2/6 and 4/6 of the reference.
    """
    (store, reference), rule = two, definition()
    [stratum] = reference.strata.to_pylist()
    assert (stratum["stratum"], stratum["patients"], stratum["mean_cents"]) == ("75+ F", 6, 2000)
    assert stratum["var_cents2"] == 2_000_000
    first, second = ratio(store, YEAR, reference, rule).to_pylist()
    assert (first["observed_cents"], first["expected_cents"], first["ratio"]) == (4000, 4000, 1)
    ref = math.sqrt(2_000_000 / 6) / 2000
    assert first["se"] == pytest.approx(math.hypot(0.5, ref))
    assert second["se"] == pytest.approx(math.hypot(math.sqrt(4 / 3 * 8_000_000) / 8000, ref))
    assert first["low_95"] == pytest.approx(math.exp(-1.96 * first["se"]))
    assert first["high_998"] == pytest.approx(math.exp(3.09 * first["se"]))
    assert first["reliability"] == pytest.approx(0.15**2 / (0.15**2 + first["se"] ** 2))  # two doctors: tau is assumed
    assert first["shrunk_ratio"] == 1
    assert (first["own_weight"], second["own_weight"]) == (pytest.approx(2 / 6), pytest.approx(4 / 6))
    others = math.hypot(0.5, math.sqrt(2_000_000 / 4) / 2000)
    assert first["ratio_without_self"] == 1
    assert first["high_95_without_self"] == pytest.approx(math.exp(1.96 * others))
    assert (first["reference_doctors"], first["smallest_stratum"], first["tau_basis"]) == (2, 6, "supposé")
    assert (first["tau"], first["tau_low"], first["tau_high"]) == (0.15, None, None)


def test_columns_are_those_of_the_design_then_others(two):
    table = ratio(two[0], YEAR, two[1], definition())
    assert table.schema == SCHEMA
    assert table.column_names[: len(DESIGN)] == DESIGN
    assert table.column_names[table.column_names.index("reference_year") + 1 :] == AFTER


def test_one_doctor_has_the_row_he_has_among_all(two):
    store, reference = two
    every = ratio(store, YEAR, reference, definition()).to_pylist()
    assert [only(ratio(store, YEAR, reference, definition(), row["doctor_id"])) for row in every] == every
    for doctor, row in zip(reference.doctors.to_pylist(), every, strict=True):
        assert (doctor["ratio"], doctor["seen"]) == (row["ratio"], row["seen"])
        assert math.hypot(doctor["se"], doctor["ref_se"]) == pytest.approx(row["se"])


@pytest.mark.parametrize(("seen_over", "computed"), [(1, True), (2, False)])
def test_a_doctor_needs_more_than_the_threshold_of_patients_seen(tmp_path: Path, seen_over: int, computed: bool):
    store = opened(tmp_path / "d", **village(TWO))
    rule = definition(seen_over)
    row = only(ratio(store, YEAR, referenced(tmp_path / "r", store, rule), rule, "d1"))
    assert (row["ratio"] is not None) == computed
    assert row["patients"] == 2
    if not computed:
        assert row["reason"] == "Non calculé : 2 patients fidèles vus dans l’année, il en faut plus de 2."


def test_the_threshold_in_force_is_one_hundred_patients(tmp_path: Path):
    store = opened(tmp_path / "d", **village({"d1": [500] * 101, "d2": [700] * 100, "d3": [500] * 101}))
    rule = definition(100)
    reference = referenced(tmp_path / "r", store, rule)
    assert reference.doctors["doctor_id"].to_pylist() == ["d1", "d3"]
    assert [row["ratio"] for row in ratio(store, YEAR, reference, rule).to_pylist()] == [1.0, None, 1.0]


def doctors(**changes) -> list[dict]:
    return [{"doctor_id": "d1"} | changes, {"doctor_id": "d2"}]


@pytest.mark.parametrize(
    ("changes", "has_verdict_reason"),
    [
        ({"installed_on": date(2025, 1, 1)}, "Installation en 2025 : pas de verdict avant douze mois."),
        ({"specialty": "other"}, "Fiabilité"),
        ({"active_to": date(2025, 12, 30)}, "Fiabilité"),
    ],
)
def test_a_doctor_outside_the_reference_still_gets_a_ratio(tmp_path: Path, changes: dict, has_verdict_reason: str):
    store = opened(tmp_path / "d", doctors=doctors(**changes), **village(TWO))
    reference = referenced(tmp_path / "r", store, definition())
    row = only(ratio(store, YEAR, reference, definition(), "d1"))
    assert not row["in_reference"]
    assert row["ratio"] == 1
    assert row["verdict"] == ""
    assert row["reason"].startswith(has_verdict_reason)


def test_a_doctor_without_a_row_of_his_own_gets_a_row(tmp_path: Path):
    store = opened(tmp_path / "d", doctors=[{"doctor_id": "d2"}, {"doctor_id": "d9"}], **village(TWO))
    reference = referenced(tmp_path / "r", store, definition())
    rows = {row["doctor_id"]: row for row in ratio(store, YEAR, reference, definition()).to_pylist()}
    assert rows["d1"]["ratio"] == 1
    assert rows["d9"]["patients"] == 0
    assert rows["d9"]["reason"].startswith("Non calculé : 0 patient fidèle vu dans")


def test_nothing_spent_is_a_ratio_of_zero_without_interval(tmp_path: Path):
    store = opened(tmp_path / "d", **village(TWO | {"d3": [0, 0]}))
    reference = referenced(tmp_path / "r", store, definition())
    row = only(ratio(store, YEAR, reference, definition(), "d3"))
    assert (row["ratio"], row["se"], row["low_95"], row["verdict"]) == (0, None, None, "")
    assert row["reason"] == "Aucune dépense suivie dans l’année : ni intervalle ni verdict."


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"ald_known": False}, "ALD non renseignée pour 2 patients fidèles."),
        ({"c2s_known": False}, "C2S non renseignée pour 2 patients fidèles."),
        (
            {"ald_known": False, "c2s_known": False},
            "ALD non renseignée pour 2 patients fidèles ; C2S non renseignée pour 2 patients fidèles.",
        ),
    ],
)
def test_rights_that_are_not_recorded_must_be_accepted_as_absent(tmp_path: Path, two, known: dict, missing: str):
    reference = two[1]
    store = opened(tmp_path / "unknown", practice.dataset(**known), **village(TWO))
    row = only(ratio(store, YEAR, reference, definition(), "d1"))
    assert (row["ratio"], row["reason"]) == (None, f"Non calculable : {missing}")
    accepted = only(ratio(store, YEAR, reference, definition(), "d1", accept_unknown_rights=True))
    assert accepted["ratio"] == 1


def test_a_right_whose_table_is_missing_is_not_recorded_whatever_the_data_set_says(tmp_path: Path, two):
    store = open_store(practice.write(tmp_path / "missing", **village(TWO), ald=[]))
    row = only(ratio(store, YEAR, two[1], definition(), "d1"))
    assert (row["ratio"], row["reason"]) == (None, "Non calculable : C2S non renseignée pour 2 patients fidèles.")


@pytest.mark.slow
def test_a_right_recorded_for_every_patient_leaves_nothing_unknown(tmp_path: Path):
    rights = {"ald": [(f"{d}-p{n:02d}", 8) for d, amounts in TWO.items() for n in range(len(amounts))]}
    reference = referenced(tmp_path / "r", opened(tmp_path / "d", **village(TWO), **rights), definition())
    store = opened(tmp_path / "unknown", practice.dataset(ald_known=False), **village(TWO), **rights)
    assert only(ratio(store, YEAR, reference, definition(), "d1"))["ratio"] == 1


@pytest.mark.parametrize(
    ("about", "changes", "reason"),
    [
        ({"covers_to": date(2025, 12, 30)}, {}, "Les actes ne couvrent pas toute l’année 2025 : du 01/01/1900 au"),
        ({"covers": {"deliveries": {"from": date(2025, 1, 2), "to": date(2026, 1, 1)}}}, {}, "Les délivrances ne couv"),
        ({}, {"acts": None}, "La source n’enregistre pas les actes."),
        ({}, {"deliveries": None}, "La source n’enregistre pas les délivrances."),
        ({}, {"deliveries": [("d1-p00", "2025-05-02", None, DRUG, 1, None, "d1", "01")]}, "Les délivrances de la sou"),
    ],
)
@pytest.mark.slow
def test_a_source_that_cannot_answer_says_why(tmp_path: Path, two, about: dict, changes: dict, reason: str):
    reference = two[1]
    tables = {name: rows for name, rows in (village(TWO) | changes).items() if rows is not None}
    store = opened(tmp_path / "bare", practice.dataset(**about), **tables)
    for row in ratio(store, YEAR, reference, definition()).to_pylist():
        assert (row["ratio"], row["observed_cents"], row["verdict"]) == (None, None, "")
        assert row["reason"].startswith(reason)


def test_a_line_without_amount_makes_the_ratio_a_minimum(tmp_path: Path, two):
    tables, reference = village(TWO), two[1]
    unpriced = [("d1-p00", "2025-06-02", None, DRUG, 1, None, "d1", "01")]
    store = opened(tmp_path / "bare", **(tables | {"deliveries": tables["deliveries"] + unpriced}))
    row = only(ratio(store, YEAR, reference, definition(), "d1"))
    assert (row["ratio"], row["unpriced"], row["verdict"]) == (1, 1, "")
    assert "sans montant" in row["reason"]


@pytest.mark.slow
def test_the_reference_of_another_year_is_refused_then_labelled(tmp_path: Path):
    before = opened(tmp_path / "before", **village(TWO, born="1940-01-01", year=2024))
    reference = referenced(tmp_path / "r", before, definition(), 2024)
    store = opened(tmp_path / "d", **village(TWO, born="1940-01-01"))
    row = only(ratio(store, YEAR, reference, definition(), "d1"))
    assert (row["ratio"], row["reason"]) == (None, "La référence est celle de 2024, pas de 2025.")
    accepted = only(ratio(store, YEAR, reference, definition(), "d1", accept_other_year=True))
    assert accepted["ratio"] == 1
    assert (accepted["verdict"], accepted["reference_year"]) == ("", 2024)
    assert accepted["reason"].startswith("Référence de 2024 : la dépense croît d’environ 3 % par an")


def test_a_missing_stratum_costs_that_doctor_his_ratio_and_nobody_else(tmp_path: Path, two):
    """d3, outside the reference, has one young patient."""
    tables = village(TWO | {"d3": [500, 500, 900]})
    tables["patients"][-1] = ("d3-p02", "1990-01-01", "F")
    rows = {
        row["doctor_id"]: row for row in ratio(opened(tmp_path / "d", **tables), YEAR, two[1], definition()).to_pylist()
    }
    assert (rows["d1"]["ratio"], rows["d2"]["ratio"]) == (1, 1)
    assert (rows["d3"]["ratio"], rows["d3"]["reason_code"]) == (None, "missing_strata")
    assert rows["d3"]["reason"] == (
        "Non calculable : la référence n’a aucun patient dans ces groupes : femmes de 17 à 39 ans, sans ALD, sans C2S "
        "(1 patient)."
    )
    assert (rows["d3"]["observed_cents"], rows["d3"]["smallest_stratum"]) == (1900, 0)


def test_a_practice_that_builds_its_reference_from_itself_is_compared_with_nobody(tmp_path: Path):
    store = opened(tmp_path / "d", **village({"d1": [1000, 3000, 500]}))
    row = only(ratio(store, YEAR, referenced(tmp_path / "r", store, definition()), definition()))
    assert (row["ratio"], row["verdict"], row["reason_code"], row["own_weight"]) == (None, "", "self_only", 1)
    assert (
        row["reason"] == "Non calculable : ce médecin est le seul de la référence, il ne serait comparé qu’à lui-même."
    )


def test_one_man_at_thirty_thousand_euros_alone_in_his_stratum_gives_a_figure_but_no_conclusion(tmp_path: Path):
    """d2 has a man of 75 with ALD too, who costs little; 0.15 stands, its interval holds 1, and the one man is told of."""
    lists = {"d1": [3_000_000, *[10_000] * 60], "d2": [10_000] * 54}
    tables = village(lists)
    for place, patient in enumerate(tables["patients"]):
        if patient[0] in ("d1-p00", "d2-p00"):
            tables["patients"][place] = (patient[0], "1950-06-15", "M")
    doctors = [{"doctor_id": "d1"}, {"doctor_id": "d2", "specialty": "other"}]
    store = opened(tmp_path / "d", doctors=doctors, **tables)
    row = only(ratio(store, YEAR, referenced(tmp_path / "r", store, definition()), definition(), "d2"))
    assert row["ratio"] == pytest.approx(0.15, abs=0.005)
    assert row["smallest_stratum"] == 1
    assert row["high_998"] > 1
    assert (row["verdict"], row["reason_code"]) == ("", "low_reliability")


@pytest.mark.slow
def test_the_patients_of_another_year_are_not_ones_own(tmp_path: Path):
    """d1 is in the reference of 2024: in 2025 he weighs nothing in it, and stands beside himself as he was."""
    before = opened(tmp_path / "before", **village(TWO, born="1940-01-01", year=2024))
    reference = referenced(tmp_path / "r", before, definition(), 2024)
    store = opened(tmp_path / "d", **village(TWO, born="1940-01-01"))
    row = only(ratio(store, YEAR, reference, definition(), "d1", accept_other_year=True))
    assert (row["in_reference"], row["own_weight"], row["ratio_without_self"]) == (True, 0, row["ratio"])


@pytest.mark.parametrize(("own", "word"), [(0.02, "compatible"), (0.021, "au-dessus")])
def test_over_two_percent_of_own_weight_the_verdict_comes_from_the_ratio_without_him(own: float, word: str):
    row = {
        "own_weight": own,
        "low_998": 0.99,
        "high_998": 1.2,
        "low_998_without_self": 1.01,
        "high_998_without_self": 1.3,
    }
    ratios._conclude(row, None, definition())
    assert (row["verdict"], row["reason"], row["reason_code"]) == (word, "", "")


def test_where_the_others_spend_nothing_there_is_a_ratio_and_no_verdict(tmp_path: Path):
    lists = {"d1": [1000, 1000], "d2": [0, 0]}
    tables = village(lists)
    tables["deliveries"].append(("d2-p00", "2025-06-02", None, DRUG, 1, 0, "d2", "01"))
    store = opened(tmp_path / "d", **tables)
    rule = definition()
    rule = rule.model_copy(update={"verdict": rule.verdict.model_copy(update={"reliability_floor": 0.0})})
    row = only(ratio(store, YEAR, referenced(tmp_path / "r", store, rule), rule, "d1"))
    assert (row["ratio"], row["ratio_without_self"], row["verdict"]) == (2, None, "")
    assert row["reason_code"] == "nothing_expected"
    assert "sans ce médecin" in row["reason"]


@pytest.mark.parametrize(
    ("verdict", "se", "limits", "found"),
    [
        ("compatible", 0.06, (0.10, 0.30), (True, True)),  # 0.74 at the lower limit
        ("compatible", 0.08, (0.10, 0.30), (False, True)),  # 0.61: no verdict at the lower limit
        ("", 0.12, (0.10, 0.17), (False, False)),  # 0.67 at the upper limit
        ("", 0.12, (0.10, 0.19), (False, True)),  # 0.71: a verdict at the upper limit
        ("", 0.12, (None, None), None),
    ],
)
def test_a_verdict_that_would_change_within_the_limits_of_tau_is_known(verdict: str, se: float, limits: tuple, found):
    known = {"verdict": verdict, "reason_code": "" if verdict else "low_reliability", "se": se}
    row = row_of(**known, tau_low=limits[0], tau_high=limits[1])
    assert within_tau(row, definition()) == found
    assert hangs_on_tau(row, definition()) == (found is not None and found != (bool(verdict), bool(verdict)))
    other = row_of(**known | {"verdict": "", "reason_code": "installed_in_year"}, tau_low=0.01, tau_high=0.9)
    assert not hangs_on_tau(other, definition())


def row_of(**known) -> Ratio:
    """A row of which this is known."""
    return Ratio(**(dict.fromkeys(field.name for field in fields(Ratio)) | known))


def test_an_unknown_doctor_and_another_definition_are_refused(two):
    store, reference = two
    with pytest.raises(UnknownDoctorError, match="« d7 »"):
        ratio(store, YEAR, reference, definition(), "d7")
    with pytest.raises(OtherDefinitionError, match="autre définition"):
        ratio(store, YEAR, reference, definition(0))


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(1.0, 1.4, "compatible"), (1.001, 1.4, "au-dessus"), (0.6, 1.0, "compatible"), (0.6, 0.999, "en dessous")],
)
def test_the_word_follows_from_the_interval_alone(low: float, high: float, word: str):
    assert verdict(low, high) == word


@pytest.mark.slow
def test_a_thousand_doctors_and_no_word_contradicts_its_interval_or_its_reliability(tmp_path: Path):
    """Short and long lists, levels from low to high: all three words occur, and silence too."""
    random = np.random.default_rng(7)
    lists = {}
    for number in range(1000):
        level, size = random.choice([600, 1000, 1700]), random.choice([2, 4, 40])
        amounts = level * np.exp(random.normal(0, 0.5, size))
        lists[f"d{number:04d}"] = [int(amount) for amount in amounts]
    store = opened(tmp_path / "d", **village(lists))
    rule = definition()
    rows = ratio(store, YEAR, referenced(tmp_path / "r", store, rule), rule).to_pylist()
    seen = set()
    for row in rows:
        seen.add(row["verdict"])
        assert row["low_998"] < row["low_95"] < row["ratio"] < row["high_95"] < row["high_998"]
        assert min(1, row["ratio"]) <= row["shrunk_ratio"] <= max(1, row["ratio"])
        if row["reliability"] < 0.70:
            assert (row["verdict"], row["reason"].startswith("Fiabilité")) == ("", True)
        else:
            suffix = "_without_self" if row["own_weight"] > 0.02 else ""
            above, below = row[f"low_998{suffix}"] > 1, row[f"high_998{suffix}"] < 1
            assert row["verdict"] == ("au-dessus" if above else "en dessous" if below else "compatible")
            assert row["reason"] == ""
    assert seen == {"", "au-dessus", "compatible", "en dessous"}
    assert sum(row["observed_cents"] for row in rows) == pytest.approx(sum(row["expected_cents"] for row in rows))


def test_cents_and_euros_give_the_same_interval():
    random = np.random.default_rng(1)
    values = random.integers(0, 90_000, (2, 40)) * 100
    counts = np.ones((2, 40), dtype=np.int64)
    norms = Norms(values.mean(axis=0), values.var(axis=0, ddof=1))
    cents = statistics.measure(Cells(counts, values, values**2), norms)
    euros = statistics.measure(
        Cells(counts, values // 100, (values // 100) ** 2), Norms(norms.mean / 100, norms.variance / 1e4)
    )
    assert euros.ratio == pytest.approx(cents.ratio)
    assert euros.se == pytest.approx(cents.se)


def test_dersimonian_laird_by_hand():
    """log R = -0.2, 0, 0.2 with se 0.1: weights 100, Q = 8, C = 300 - 100; tau² = (8 - 2) / 200."""
    tau = statistics.between_doctor_spread(np.exp([-0.2, 0.0, 0.2]), np.full(3, 0.1))
    assert tau == pytest.approx(math.sqrt(0.03))
    assert statistics.between_doctor_spread(np.exp([-0.01, 0.0, 0.01]), np.full(3, 0.1)) == 0
