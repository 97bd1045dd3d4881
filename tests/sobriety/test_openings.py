"""The opened figure: contributions that sum to the cent, who moves it, what would change it, where it stands."""

import math
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from calculators import rows
from calculators.sobriety import peers
from calculators.sobriety.bonus import FALL, LOWEST, bonus, lowest_threshold
from calculators.sobriety.change import NotComparableError, RatioChange, change
from calculators.sobriety.openings import (
    DoctorYear,
    by_class,
    by_patient,
    by_stratum,
    capped,
    mix,
    movers,
    open_doctor,
    round_to,
)
from calculators.sobriety.ratio import Ratio, ratio
from calculators.sobriety.reference import Reference
from calculators.sobriety.what_if import Less, UnknownPartError, what_if
from tests.sobriety.oracle import World
from tests.sobriety.villages import DRUG, OTHER_DRUG, YEAR, definition, opened, referenced, village
from tests.sobriety.worlds import open_world, worlds

pytestmark = pytest.mark.slow

LISTS = {"d1": [1000, 3000, 0], "d2": [0, 2000, 2000, 4000], "d3": [500, 900, 100]}
RIGHTS = {"ald": [("d1-p01", 8), ("d2-p03", 8), ("d3-p00", 8)], "c2s": [("d1-p00",), ("d3-p02",)]}


def open_village(folder: Path, lists: dict | None = None, year: int = YEAR, **more) -> tuple[DoctorYear, Reference]:
    """d1 opened, with the reference of his own village."""
    tables = village(lists or LISTS, born="1940-06-15", year=year) | more
    store = opened(folder / "d", **tables)
    reference = referenced(folder / "r", store, definition(), year)
    return open_doctor(store, year, reference, definition(), "d1"), reference


def gap(table) -> int:
    return pc.sum(table["gap_cents"]).as_py()


@pytest.mark.oracle
@given(worlds())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_contributions_sum_to_observed_minus_expected_to_the_cent(world: World):
    if not world.reference_doctors():
        return
    with tempfile.TemporaryDirectory() as folder:
        store = open_world(Path(folder) / "d", world)
        reference = referenced(Path(folder) / "r", store, definition(world.seen_over))
        for doctor in world.reference_doctors():
            year = open_doctor(store, YEAR, reference, definition(world.seen_over), doctor)
            wanted = world.ratio(doctor)
            total = wanted["observed"] - round(year.expected_cents)
            assert year.expected_cents == pytest.approx(wanted["expected"])
            assert [gap(by_stratum(year)), gap(by_class(year)), gap(by_patient(year))] == [total] * 3
            assert by_stratum(year).num_rows == 40


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=60))
def test_rounded_parts_sum_to_the_total_and_stay_within_a_cent(values: list[float]):
    total = round(math.fsum(values))
    parts = round_to(total, np.array(values))
    assert parts.sum() == total
    assert (np.abs(parts - values) <= 1).all()


def test_a_contribution_says_what_was_observed_and_expected(tmp_path: Path):
    """One stratum: means 1000 + 3000 + 0 + 8000 + 1500 over ten patients = 1350; d1 is expected 4050, spends 4000."""
    year, _ = open_village(tmp_path)
    [row] = [row for row in by_stratum(year).to_pylist() if row["patients"]]
    assert (row["stratum"], row["observed_cents"], row["expected_cents"], row["gap_cents"]) == (
        "75+ F",
        4000,
        4050,
        -50,
    )
    assert (row["share"], row["reference_share"]) == (1, 1)


def test_a_class_he_does_not_prescribe_contributes_too(tmp_path: Path):
    tables = village(LISTS, born="1940-06-15")
    tables["deliveries"].append(("d2-p00", "2025-06-02", None, OTHER_DRUG, 2, 1000, "d2", "01"))
    year, _ = open_village(tmp_path, deliveries=tables["deliveries"])
    rows = {row["atc"]: row for row in by_class(year).to_pylist()}
    assert (rows[OTHER_DRUG]["observed_cents"], rows[OTHER_DRUG]["expected_cents"]) == (0, 300)
    assert (rows[DRUG]["patients"], rows[DRUG]["boxes"]) == (2, 2)


def test_the_mix_is_compared_with_the_reference(tmp_path: Path):
    year, _ = open_village(tmp_path, **RIGHTS)
    rows = {(row["characteristic"], row["value"]): row for row in mix(year).to_pylist()}
    ald = rows["ald", "true"]
    assert (ald["patients"], ald["share"], ald["reference_share"]) == (1, pytest.approx(1 / 3), pytest.approx(0.3))
    for characteristic in ("age_class", "sex", "ald", "c2s"):
        shares = [row["share"] for key, row in rows.items() if key[0] == characteristic]
        assert sum(shares) == pytest.approx(1)


def test_the_three_patients_who_move_the_ratio_most_are_found_by_leaving_each_out(tmp_path: Path):
    year, _ = open_village(tmp_path, LISTS | {"d1": [1000, 30_000, 0, 800]})
    found = movers(year).to_pylist()
    assert len(found) == 3
    assert found[0]["patient_id"] == "d1-p01"
    for row in found:
        without = what_if(year, [Less(0, patient_id=row["patient_id"])]).to_pylist()[1]
        assert row["ratio_without"] == pytest.approx(without["ratio"])
    sizes = [abs(row["moves"]) for row in by_patient(year).to_pylist()]
    assert sizes == sorted(sizes, reverse=True)


def test_the_cap_lowers_his_dearest_patient_and_the_reference_alike(tmp_path: Path):
    """d1 has the only patient above the cap of 100: O from 1 000 199 to 299; the reference's mean falls as much."""
    lists = {"d1": [1_000_000, *[1] * 199], "d2": [100] * 200}
    row = capped(open_village(tmp_path, lists)[0]).to_pylist()[0]
    assert (row["observed_cents"], row["capped_observed_cents"], row["capped_patients"]) == (1_000_199, 299, 1)
    assert row["ratio"] == pytest.approx(1_000_199 / ((1_000_199 + 20_000) / 2))
    assert row["capped_ratio"] == pytest.approx(299 / ((299 + 20_000) / 2))


def test_halving_a_class_moves_the_ratio_and_says_its_share_of_the_gap(tmp_path: Path):
    year, _ = open_village(tmp_path, LISTS | {"d1": [5000, 3000, 0]})
    now, changed = what_if(year, [Less(0.5, atc="C09")]).to_pylist()
    assert (now["observed_cents"], changed["observed_cents"]) == (8000, 4000)
    assert changed["ratio"] == pytest.approx(now["ratio"] / 2)
    assert changed["expected_cents"] == now["expected_cents"]
    assert changed["gap_share"] == pytest.approx((now["ratio"] - changed["ratio"]) / (now["ratio"] - 1))
    assert changed["se"] == pytest.approx(now["se"])  # the same shape of spend: only the level moved


def test_a_patient_removed_leaves_with_what_was_expected_of_him(tmp_path: Path):
    year, _ = open_village(tmp_path)
    now, removed = what_if(year, [Less(0, patient_id="d1-p01")]).to_pylist()
    _, halved = what_if(year, [Less(0.5, patient_id="d1-p01")]).to_pylist()
    assert (removed["patients"], removed["observed_cents"]) == (2, 1000)
    assert removed["expected_cents"] == pytest.approx(now["expected_cents"] * 2 / 3)
    assert (halved["patients"], halved["observed_cents"]) == (3, 2500)
    assert halved["expected_cents"] == now["expected_cents"]


@pytest.mark.parametrize(
    ("earlier", "long"),
    [("2025-03-07", 0), ("2025-03-06", 700), ("2024-11-02", 700), ("2024-11-01", 0)],
)
def test_only_what_comes_after_eight_weeks_is_long_use(tmp_path: Path, earlier: str, long: int):
    """On 2 May: 7 March is 56 days before, 2 November the last day of the six months; by whoever prescribed it."""
    tables = village(LISTS, born="1940-06-15")
    tables["deliveries"] += [
        ("d1-p00", "2025-05-02", None, OTHER_DRUG, 1, 700, "d1", "01"),
        ("d1-p00", earlier, None, OTHER_DRUG, 1, 300, "s1", "03"),
        *((f"d2-p0{n}", "2025-05-02", None, OTHER_DRUG, 1, 10, "d2", "01") for n in range(3)),
    ]
    year, _ = open_village(tmp_path, deliveries=tables["deliveries"])
    now, changed = what_if(year, [Less(0, long_use="ipp_8_semaines")]).to_pylist()
    assert now["observed_cents"] == 4700
    assert changed["observed_cents"] == 4700 - long
    with pytest.raises(UnknownPartError, match="ipp_8_semaines"):
        what_if(year, [Less(0, long_use="ipp_8_semaine")])


def test_nothing_changed_changes_nothing_and_an_unknown_part_is_refused(tmp_path: Path):
    year, reference = open_village(tmp_path)
    now, same = what_if(year, []).to_pylist()
    assert {**same, "case": "now", "gap_share": None} == now
    official = ratio_row(tmp_path, reference)
    assert (now["ratio"], now["se"], now["low_998"]) == (official.ratio, official.se, official.low_998)
    with pytest.raises(UnknownPartError, match="N02"):
        what_if(year, [Less(0, atc="N02")])
    with pytest.raises(UnknownPartError, match="d2-p00"):
        what_if(year, [Less(0, patient_id="d2-p00")])


def ratio_row(folder: Path, reference: Reference) -> Ratio:
    from calculators.records.store import open_store

    return rows.only(ratio(open_store(folder / "d"), reference.year, reference, definition(), "d1"), Ratio)


def test_the_change_is_paired_by_hand(tmp_path: Path):
    """d1 spends 1000 + 3000 then 1000 + 2000, the others the same: d_i follow from R, O and the means of each year."""
    lists = {"d1": [1000, 3000], "d2": [2000, 2000, 2000]}
    before, _ = open_village(tmp_path / "2024", lists, year=2024)
    now, _ = open_village(tmp_path / "2025", lists | {"d1": [1000, 2000]})
    [row] = change(before, now).to_pylist()
    r1, r2 = 4000 / (2 * 2000), 3000 / (2 * 1800)
    d = [
        (1000 - r2 * 1800) / 3000 - (1000 - r1 * 2000) / 4000,
        (2000 - r2 * 1800) / 3000 - (3000 - r1 * 2000) / 4000,
    ]
    assert row["change"] == pytest.approx(r2 / r1 - 1)
    assert row["se"] == pytest.approx(math.sqrt(sum(x * x for x in d)))
    assert row["low_95"] < row["change"] < row["high_95"]
    assert (row["patients_both"], row["year_before"], row["year"], row["reason"]) == (2, 2024, 2025, "")


def test_the_same_year_twice_has_no_change_and_no_error(tmp_path: Path):
    before, _ = open_village(tmp_path / "2024", year=2024)
    now, _ = open_village(tmp_path / "2025")
    [row] = change(before, now).to_pylist()
    assert (row["change"], row["se"]) == (pytest.approx(0), pytest.approx(0))


def test_years_in_the_wrong_order_and_years_without_spend_are_told(tmp_path: Path):
    before, _ = open_village(tmp_path / "2024", LISTS | {"d1": [0, 0]}, year=2024)
    now, _ = open_village(tmp_path / "2025")
    assert change(before, now).to_pylist()[0]["reason"] == "Aucune dépense suivie une des deux années."
    with pytest.raises(NotComparableError, match="d1"):
        change(now, before)


def crowd(folder: Path, count: int) -> tuple[DoctorYear, Reference, Ratio]:
    """d1 and `count` others with rising levels of spend, in department 13 but for d1."""
    lists = {"d1": [800, 1200, 1000, 900]} | {f"e{n:02d}": [100 + 90 * n, 200 + 80 * n, 50 * n] for n in range(count)}
    doctors = [{"doctor_id": d, "department": "13"} for d in lists]
    year, reference = open_village(folder, lists, doctors=doctors)
    return year, reference, ratio_row(folder, reference)


def moved(log_change: float) -> RatioChange:
    """A change of the log ratio, known to 0.05."""
    known = {"log_change": log_change, "se": 0.05, "low_95": None, "high_95": None}
    return RatioChange(2024, 2025, ratio_before=None, ratio=None, change=None, patients_both=0, reason="", **known)


def test_the_bonus_is_a_probability_on_the_shrunk_ratio(tmp_path: Path):
    _, reference, row = crowd(tmp_path, 30)
    table = {r["route"]: r for r in bonus(row, reference, definition(), moved(-0.08)).to_pylist()}
    tau, se, threshold = reference.tau(definition()), row.se, lowest_threshold(reference, definition())
    assert threshold == np.quantile(reference.doctors["ratio"].to_numpy(), 0.3)
    spread = tau * se / math.sqrt(tau**2 + se**2)
    wanted = stats.norm.cdf((math.log(threshold) - row.reliability * math.log(row.ratio)) / spread)
    assert table[LOWEST]["probability"] == pytest.approx(wanted)
    assert table[LOWEST]["amount_euros"] == pytest.approx(1000 * wanted)
    assert table[FALL]["probability"] == pytest.approx(stats.norm.cdf((math.log(0.9) + 0.08) / 0.05))
    assert (table[FALL]["low_euros"], table[FALL]["high_euros"], table[FALL]["basis"]) == (0, 1000, "presse")


def test_the_worked_probability_of_the_statistics_note():
    """n = 686: se 0.072, tau 0.15, R 0.95 and T = 1 give a weight of 0.81 and a probability of 0.74."""
    tau, se = 0.15, 0.072
    weight = tau**2 / (tau**2 + se**2)
    assert round(weight, 2) == 0.81
    assert round(stats.norm.cdf(-weight * math.log(0.95) * math.sqrt(tau**2 + se**2) / (tau * se)), 2) == 0.74


def test_a_bonus_that_cannot_be_known_says_why(tmp_path: Path):
    _, reference, row = crowd(tmp_path, 5)
    rows = bonus(row, reference, definition()).to_pylist()
    assert [r["probability"] for r in rows] == [None, None]
    assert "trop peu de médecins" in rows[0]["reason"]
    assert "année précédente" in rows[1]["reason"]
    early = bonus(replace(row, year=2024), reference, definition(), moved(-0.2)).to_pylist()
    assert [r["reason"] for r in early] == ["Le bonus n’existe que depuis 2025."] * 2


@pytest.mark.parametrize(("others", "shown"), [(4, False), (5, True)])
def test_peers_are_shown_from_five_others_on(tmp_path: Path, others: int, shown: bool):
    year, reference, row = crowd(tmp_path, others)
    for place in peers.position(row, "13", reference, definition()).to_pylist():
        assert (place["median"] is not None) == shown
        assert (place["reason"] == "") == shown
        if shown:
            assert place["peers"] == others
            ratios = [r["ratio"] for r in reference.doctors.to_pylist() if r["doctor_id"] != "d1"]
            assert place["lower_share"] == sum(r < row.ratio for r in ratios) / others
    among = peers.among(year, reference.doctors["doctor_id"].to_pylist()).to_pylist()[0]
    assert (among["ratio"] is not None) == shown


def test_no_table_about_peers_names_a_colleague(tmp_path: Path):
    _, reference, row = crowd(tmp_path, 6)
    tables = (
        peers.position(row, "13", reference, definition()), peers.points(reference),
        peers.funnel(reference, definition()),
    )  # fmt: skip
    for table in tables:
        assert not any(f"e{n:02d}" in str(table.to_pylist()) for n in range(6))


def test_among_peers_the_doctor_is_left_out_of_the_means(tmp_path: Path):
    """Five peers at 1000 a patient, d1 at 2000: the ratio is 2, where the village with him says less."""
    lists = {"d1": [2000, 2000]} | {f"e{n}": [1000, 1000] for n in range(5)}
    year, reference = open_village(tmp_path, lists)
    found = peers.among(year, reference.doctors["doctor_id"].to_pylist()).to_pylist()[0]
    assert (found["ratio"], found["pooled"], found["peers"]) == (2, 0, 5)
    assert ratio_row(tmp_path, reference).ratio < 2


def test_a_stratum_without_another_patient_pools_the_ages_then_everybody(tmp_path: Path):
    lists = {"d1": [2000, 3000]} | {f"e{n}": [1000, 1000] for n in range(5)}
    tables = village(lists, born="1940-06-15")
    tables["patients"][0] = ("d1-p00", "1990-06-15", "F")
    tables["patients"][1] = ("d1-p01", "1990-06-15", "M")
    year, reference = open_village(tmp_path, lists, patients=tables["patients"])
    found = peers.among(year, reference.doctors["doctor_id"].to_pylist()).to_pylist()[0]
    assert (found["pooled"], found["expected_cents"], found["ratio"]) == (2, 2000, 2.5)


def test_the_funnel_narrows_and_peers_widen_it(tmp_path: Path):
    _, reference, row = crowd(tmp_path, 30)
    table = peers.funnel(reference, definition(), up_to=row.expected_cents * 3).to_pandas()
    assert table["expected_cents"].max() > row.expected_cents * 3
    assert table["high_95"].is_monotonic_decreasing
    assert (table["high_998"] > table["high_95"]).all()
    assert (table["high_998_peers"] > table["high_998"]).all()
    first, tau = table.iloc[0], reference.tau(definition())
    nat = math.sqrt(peers.variance_per_cent(reference, definition()) / first["expected_cents"])
    assert first["low_998_peers"] == pytest.approx(math.exp(-3.09 * math.hypot(nat, tau)))


def test_boxes_are_a_second_view(tmp_path: Path):
    tables = village(LISTS, born="1940-06-15")
    tables["deliveries"].append(("d1-p02", "2025-06-02", None, DRUG, 7, 0, "d1", "01"))
    _, reference = open_village(tmp_path, deliveries=tables["deliveries"])
    row = ratio_row(tmp_path, reference)
    assert row.boxes == 9  # two deliveries of one box, one of seven, over fifteen boxes for ten patients
    assert row.expected_boxes == pytest.approx(3 * 15 / 10)
    assert row.boxes_ratio == pytest.approx(2)
    assert date(2026, 1, 15) == reference.built_on
