"""The twelve shipped practices as their own reference of 2025: figures computed by hand elsewhere, and who may read them."""

from datetime import date
from pathlib import Path

import pytest

from calculators.records.store import open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import build, open_reference
from sample_data.build import SHIPPED

YEAR = 2025


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder: Path = tmp_path_factory.mktemp("example")
    store, rule = open_store(SHIPPED), load_definition(YEAR)
    build(store, YEAR, rule, folder / "r", date(2026, 6, 30))
    reference = open_reference(folder / "r")
    found = {row["doctor_id"]: row for row in ratio(store, YEAR, reference, rule).to_pylist()}
    for doctor in reference.doctors.to_pylist():
        found[doctor["doctor_id"]] |= {"chance": doctor["se"], "ref": doctor["ref_se"]}
    return found


def test_m10_without_himself(rows: dict[str, dict]):
    row = rows["M10"]
    assert (row["patients"], row["smallest_stratum"]) == (698, 8)
    rounded = {
        name: round(row[name], 4) for name in ("own_weight", "ratio", "ratio_without_self", "chance", "ref", "se")
    }
    assert rounded == {
        "own_weight": 0.0930, "ratio": 0.6750, "ratio_without_self": 0.6508, "chance": 0.0677, "ref": 0.0158, "se": 0.0695
    }  # fmt: skip


@pytest.mark.parametrize(
    ("doctor", "own_weight", "official", "without"),
    [("M09", 0.1009, 1.3618, 1.4184), ("M01", 0.1517, 1.0039, 1.0009)],
)
def test_others_without_themselves(
    rows: dict[str, dict], doctor: str, own_weight: float, official: float, without: float
):
    found = [round(rows[doctor][name], 4) for name in ("own_weight", "ratio", "ratio_without_self")]
    assert found == [own_weight, official, without]


def test_eleven_doctors_say_too_little_of_tau(rows: dict[str, dict]):
    """M08 saw too few of his patients to be in the reference, and has no ratio."""
    assert {(row["reference_doctors"], row["tau"], row["tau_basis"]) for row in rows.values()} == {
        (11, 0.15, "supposé")
    }
    assert [name for name, row in rows.items() if row["reason_code"]] == ["M08"]
    assert (rows["M08"]["seen"], rows["M08"]["reason_code"]) == (59, "too_few_seen")
    assert all(row["tau_low"] < 0.15 < row["tau_high"] for row in rows.values())
