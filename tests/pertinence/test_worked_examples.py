"""The worked figures of the definition, on the twelve shipped practices, recomputed by the plain definition."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators import results, rows
from calculators.pertinence import reference as measured
from calculators.pertinence.codes import Role
from calculators.pertinence.environment import rules, surplus
from calculators.pertinence.interessement import Pack, Switch, changed, schemes, total
from calculators.pertinence.measure import load_measures
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import MeasureReference
from calculators.records.store import Store, open_store
from dashboard import shipped
from tests.once import made_once

pytestmark = pytest.mark.slow
BUILT_ON = date(2026, 8, 29)
NAMES = ("antibiotiques", "opioides_palier2", "polymedication", "hyperpolymedication", "ipp_total", "ipp_ains",
         "ipp_8_semaines", "bio_vitamine_d", "depistages_a_jour")  # fmt: skip


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(shipped.PRACTICES)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> MeasureReference:
    def make(folder: Path) -> None:
        wanted = {name: load_measures()[name] for name in NAMES}
        measured.build(shipped.PRACTICES, 2025, wanted, folder, BUILT_ON)

    return measured.open_measures(made_once(tmp_path_factory, "measures", make))


@pytest.fixture(scope="module")
def found(store: Store, reference: MeasureReference) -> dict[tuple[str, str], MeasureRow]:
    wanted = {name: load_measures()[name] for name in NAMES}
    every = [
        row
        for doctor in ("M01", "M09", "M10")
        for row in rows.read(results.pertinence(store, wanted, 2025, doctor, reference), MeasureRow)
    ]
    return {(row.doctor_id, row.measure): row for row in every}


def test_antibiotics_compare_with_what_the_twelve_practices_expect(found: dict[tuple[str, str], MeasureRow]):
    one = found["M01", "antibiotiques"]
    assert (one.denominator, one.numerator, one.previous_denominator, one.previous_numerator) == (1176, 481, 1181, 504)
    assert one.phi == pytest.approx(1.70, abs=0.005)
    assert one.expected == pytest.approx(491.0, abs=0.05)
    limits = (one.low_95, one.high_95, one.low_998, one.high_998)
    assert limits == pytest.approx((0.872, 1.101, 0.815, 1.177), abs=0.001)
    assert [found[who, "antibiotiques"].verdict for who in ("M01", "M09", "M10")] == [
        "compatible", "au-dessus", "en dessous",
    ]  # fmt: skip
    assert (one.change, one.change_low_95, one.change_high_95) == pytest.approx((-0.042, -0.160, 0.093), abs=0.001)
    assert one.reached == "on ne peut pas dire"


def test_opioids_change_by_boxes_per_patient_with_a_paired_interval(found: dict[tuple[str, str], MeasureRow]):
    for who, change in (("M01", (0.066, -0.088, 0.245)), ("M09", (0.110, -0.090, 0.355))):
        row = found[who, "opioides_palier2"]
        assert (row.change, row.change_low_95, row.change_high_95) == pytest.approx(change, abs=0.001)
    assert found["M01", "opioides_palier2"].numerator == 1199


def test_polymedication_ppi_vitamin_d_and_screening(found: dict[tuple[str, str], MeasureRow]):
    counted = {name: (found["M01", name].numerator, found["M01", name].denominator) for name in NAMES[2:]}
    assert counted == {
        "polymedication": (245, 558), "hyperpolymedication": (72, 558), "ipp_total": (293, 1176), "ipp_ains": (16, 618),
        "ipp_8_semaines": (132, 558), "bio_vitamine_d": (41, 1176), "depistages_a_jour": (584, 1356),
    }  # fmt: skip


def test_what_is_no_amount_of_money_has_no_share_of_lines_with_one(found: dict[tuple[str, str], MeasureRow]):
    assert found["M01", "depistages_a_jour"].priced_share is None


def test_the_expected_values_of_all_doctors_add_up_to_what_was_counted(reference: MeasureReference):
    for name in ("antibiotiques", "opioides_palier2"):
        peers = reference.peers(name)
        assert sum(peers["expected"].to_pylist()) == pytest.approx(sum(peers["numerator"].to_pylist()))


def test_a_reference_is_counted_again_to_the_same_bytes(reference: MeasureReference, tmp_path: Path):
    wanted = {name: load_measures()[name] for name in NAMES}
    for _ in range(2):
        measured.build(shipped.PRACTICES, 2025, wanted, tmp_path / "r", BUILT_ON)
    assert pq.read_table(tmp_path / "r" / measured.STRATA).equals(pq.read_table(reference.path / measured.STRATA))


def test_an_initiation_counts_once_and_a_switch_only_when_three_deliveries_confirm_it():
    scheme = schemes()["biosimilaires"]
    assert isinstance(scheme, Switch)

    def packs(*lines: tuple[int, bool]) -> list[Pack]:
        roles: dict[bool, Role] = {True: "biosimilar", False: "reference"}
        return [Pack(date(2025, month, 1), roles[biosimilar], own=True) for month, biosimilar in lines]

    assert changed(packs((3, True)), 2025, scheme)
    assert changed(packs((1, False), (3, True), (4, True), (5, True)), 2025, scheme)
    assert not changed(packs((1, False), (3, True), (4, True), (5, False)), 2025, scheme)


def test_the_ppi_scheme_gives_both_readings_and_no_total_while_an_amount_is_unknown(store: Store):
    from calculators.pertinence.interessement import PaidScheme, interessement

    found = rows.read(interessement(store, load_measures(), 2025, "M01", 2023), PaidScheme)
    low, high = total(found, "ipp") or (0, 0)
    assert 0 < low < high
    assert total(found, "orthese_mandibulaire") is None


def test_stock_beyond_need_and_the_order_of_magnitude():
    assert surplus([{"supplied": 120, "elapsed": 90, "boxes": 4}, {"supplied": 60, "elapsed": 90, "boxes": 2}]) == 1.0
    assert 110_120 * rules().carbon.kilos_per_euro / 1000 == pytest.approx(66.5, abs=0.05)
