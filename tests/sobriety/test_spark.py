"""Every step of the ratio gives the same integers on DuckDB and on Spark, and a reference the same bytes."""

import re
from pathlib import Path

import pytest

from calculators.engine import SparkEngine
from calculators.records.store import Store, open_store
from calculators.sobriety import openings
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import build_by_part, open_reference
from tests import practice
from tests.sobriety.test_reference import content
from tests.sobriety.villages import BUILT_ON, OTHER_DRUG, YEAR, definition, village
from tests.spark import ask_both, session

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two doctors, with what nulls and reversals can do."""
    tables = village({"d1": [1000, 3000, 500, 0, 70_000], "d2": [0, 2000, 2000]})
    tables["deliveries"] += [
        ("d1-p00", "2025-03-01", None, OTHER_DRUG, 1, 300, "d1", "01"),
        ("d1-p00", "2025-06-01", None, OTHER_DRUG, 1, 300, "d1", "01"),
        ("d1-p00", "2025-06-01", None, OTHER_DRUG, -1, -300, "d1", "01"),
        ("d1-p01", "2025-06-01", None, None, 1, 300, "d1", "01"),
        ("d2-p00", "2024-12-31", None, OTHER_DRUG, 1, None, None, None),
        ("d2-p00", "2025-01-01", None, OTHER_DRUG, 1, None, "d2", "22"),
        ("d2-p02", "2025-08-30", None, OTHER_DRUG, 1, 50, "s1", "03"),
        ("d2-p02", "2025-08-31", None, OTHER_DRUG, 1, 50, "d2", "22"),
    ]
    tables["acts"] += [("d1-p02", "2025-05-05", "ngap", "G", n, "d1", "01") for n in (1, -1, 1)]
    tables["ald"], tables["c2s"] = [("d1-p03", 8)], [("d2-p00", "2010-01-01", "2025-12-31")]
    return practice.write(tmp_path_factory.mktemp("spark") / "d", **tables)


@pytest.fixture(scope="module")
def by_patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three patients, the deliveries of one of whom are known for a part of the year."""
    tables = village({"d1": [1000, 3000], "d2": [2000]}) | {"ald": [], "c2s": []}
    known = [("d1-p00", "2025-12-31"), ("d1-p01", "2025-06-30"), ("d2-p00", "2025-12-31")]
    tables["coverage"] = [
        (patient, domain, "2020-01-01", last, "s") for patient, last in known for domain in ("acts", "deliveries")
    ]
    return practice.write(tmp_path_factory.mktemp("spark") / "d", **tables)


def test_every_step_of_the_reference_and_of_the_ratio_agrees(
    folder: Path, by_patient: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    both = ask_both(monkeypatch)
    build_by_part(folder, YEAR, definition(), tmp_path / "r", BUILT_ON, engine_of=Store.engine)
    reference, store = open_reference(tmp_path / "r"), open_store(folder)
    assert ratio(store, YEAR, reference, definition()).num_rows == 2
    openings.open_doctor(store, YEAR, reference, definition(), "d1")
    assert ratio(open_store(by_patient), YEAR, reference, definition()).num_rows == 2
    files = {re.sub("_(first|next)$", "", file.stem) for file in Path(openings.__file__).parent.glob("*.sql")}
    assert files - {step for step, found in both.items() if found} == set()


@pytest.mark.whole
def test_a_reference_built_on_spark_has_the_same_bytes(folder: Path, tmp_path: Path):
    build_by_part(folder, YEAR, definition(), tmp_path / "duck", BUILT_ON)
    build_by_part(
        folder, YEAR, definition(), tmp_path / "spark", BUILT_ON, engine_of=lambda s: s.shown_to(SparkEngine(session()))
    )
    assert content(tmp_path / "duck") == content(tmp_path / "spark")
