"""No doctor is compared with himself without a word: no ratio where he is most of the reference, else his share is said."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from calculators import french, results, rows
from calculators.comparison import sent
from calculators.comparison.campaign import MEASURE
from calculators.comparison.sent import Sent
from calculators.pertinence import reference as measured
from calculators.pertinence.measure import load_measures
from calculators.pertinence.rates import MeasureRow
from calculators.pertinence.reference import MeasureReference, Strata, Told, open_measures, with_told
from calculators.records.store import Store, open_store
from dashboard.pertinence import in_words
from tests import practice

pytestmark = pytest.mark.slow
NAME = "opioides_palier2"
WANTED = {NAME: load_measures()[NAME].model_copy(update={"strata": ("sex",)})}


def opened(folder: Path, **sizes: int) -> Store:
    """Doctors whose patients, so many women each, all got a box of tramadol from them."""
    listed = [(f"{doctor}p{place}", doctor) for doctor, size in sizes.items() for place in range(size)]
    care = [
        {"patient_id": patient, "date": "2025-05-02", "atc": "N02AX02", "prescriber_id": doctor}
        for patient, doctor in listed
    ]
    return open_store(
        practice.write(
            folder,
            patients=[(patient, "1950-03-01", "F") for patient, _ in listed],
            registrations=[{"patient_id": patient, "doctor_id": doctor} for patient, doctor in listed],
            deliveries=care,
        )
    )


def built(folder: Path, store: Store) -> MeasureReference:
    measured.build(store.folder, 2025, WANTED, folder, date(2026, 1, 1))
    return open_measures(folder)


def row_of(store: Store, reference: MeasureReference, doctor: str = "d1") -> MeasureRow:
    [found] = rows.read(results.pertinence(store, WANTED, 2025, doctor, reference), MeasureRow)
    return found


def test_a_doctor_alone_in_the_reference_has_no_ratio_and_is_told_why(tmp_path: Path):
    store = opened(tmp_path / "d", d1=8)
    row = row_of(store, built(tmp_path / "r", store))
    assert (row.own_weight, row.reason_code, row.ratio, row.expected, row.verdict) == (1, "self_only", None, None, "")
    assert (row.rate, row.numerator) == (100, 8)  # his own figure stands
    assert "le seul de la référence" in in_words.expected(row, WANTED[NAME])


def test_a_doctor_who_is_most_of_the_reference_is_told_so_beside_his_ratio(tmp_path: Path):
    store = opened(tmp_path / "d", d1=12, d2=8)
    reference = built(tmp_path / "r", store)
    row, other = row_of(store, reference), row_of(store, reference, "d2")
    assert (row.own_weight, row.ratio) == (0.6, 1)
    assert "Vous êtes dans la référence : 60 %" in french.plain(in_words.expected(row, WANTED[NAME]))
    assert (other.own_weight, other.ratio) == (0.4, 1)
    assert "Vous êtes dans la référence : 40 %" in french.plain(in_words.expected(other, WANTED[NAME]))


def test_a_doctor_outside_the_reference_has_no_share_in_it(tmp_path: Path):
    reference = built(tmp_path / "r", opened(tmp_path / "d", d1=8))
    row = row_of(opened(tmp_path / "other", d3=6), reference, "d3")
    assert (row.own_weight, row.ratio) == (0, 1)
    assert "Vous êtes dans la référence" not in in_words.expected(row, WANTED[NAME])


def test_of_a_reference_without_doctors_only_a_contributor_is_known_to_be_in_it(tmp_path: Path):
    store = opened(tmp_path / "d", d1=8, d2=8, d3=8)
    exact, copy = built(tmp_path / "r", store), tmp_path / "copie"
    told = Told(
        year=2025,
        source="Essai",
        synthetic=True,
        built_on=date(2026, 1, 1),
        doctors=3,
        patients=24,
        hash=dict(exact.hashes),
    )
    copy.mkdir()
    pq.write_table(with_told(pq.read_table(exact.path / measured.STRATA), told), copy / measured.STRATA)
    (copy / "reference.toml").write_text(f'contributions = ["{"a" * 32}"]\n', encoding="utf-8")
    reference = open_measures(copy)
    assert row_of(store, reference).own_weight is None
    assert "si vous en êtes" in in_words.provenance(reference)
    parts = (f"{MEASURE}{NAME}",)
    one = Sent(
        campaign="c", round=2, doctor_id="d1", key="k", counter=1, number="a" * 32, parts=parts, on=date(2026, 1, 1)
    )
    sent.note(store.folder, one)
    assert row_of(store, reference).own_weight == pytest.approx(1 / 3)
    assert row_of(store, reference, "d2").own_weight is None


def test_strata_that_a_copy_holds_as_one_weigh_as_one():
    sums = np.array([30.0]), np.array([40.0]), np.array([10.0]), np.array([10.0])
    assert Strata(np.array([1.0]), *sums, ((1, 2),)).own_weight({1: 6, 2: 4}) == 10 / 40
