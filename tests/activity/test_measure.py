"""The activity of a doctor is what the plain definition says, and stands beside enough others or none."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators.activity.measure import MEASURES, beside, measures, names, patients_of, settings
from calculators.records.history import words
from calculators.records.store import open_store
from tests import practice
from tests.activity import oracle
from tests.activity.drawing import records


@pytest.mark.parametrize("seed", range(12))
def test_measures_are_those_of_the_plain_definition(seed: int, tmp_path: Path):
    as_of = date(2024, 2, 29) if seed % 3 == 0 else date(2025, 6, 30)
    folder, acts, people = records(tmp_path / "d", seed, as_of, rights=seed % 2 == 0)
    found = measures(open_store(folder), ["d1"], as_of).to_pylist()
    expected = oracle.done(acts, "d1", as_of, words().visit) | oracle.listed(people, as_of, settings().ages)
    assert {row["measure"]: row["value"] for row in found} == pytest.approx(expected, nan_ok=True)
    assert sorted(expected) == sorted(names())
    behind = patients_of(open_store(folder), "d1", as_of)
    aged = {name: len(behind.get(name, [])) for name in expected if name.startswith(("age_", "listed"))}
    assert aged == {name: expected[name] for name in aged}
    own = {f"p{rank:02}" for rank in range(30)} & set(behind["listed"])
    for name, codes in {**words().visit, "acts": None}.items():
        wanted = [one for one in acts if codes is None or (one["system"] == "ngap" and one["code"] in codes)]
        seen = {
            who
            for who in own
            if oracle.done([one for one in wanted if one["patient_id"] == who], "d1", as_of, {})["acts"]
        }
        assert behind.get(name, []) == sorted(seen)


def test_one_act_billed_on_two_lines_is_one_and_one_taken_back_is_none(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d", patients=[("anne", "1960-01-01", "F"), ("bob", "1960-01-01", "M")],
        acts=[
            ("anne", "2025-03-05", "ngap", "G", 1, "d1"), ("anne", "2025-03-05", "ngap", "G", 1, "d1"),
            ("anne", "2025-04-05", "ngap", "VG", 1, "d1"), ("anne", "2025-04-05", "ngap", "VG", -1, "d1"),
            ("bob", "2024-06-30", "ngap", "G", 1, "d1"), ("bob", "2025-06-30", "ngap", "TCG", 1, "d2"),
        ],
    )  # fmt: skip
    rows = measures(open_store(folder), ["d1"], date(2025, 6, 30)).to_pylist()
    found = {row["measure"]: row["value"] for row in rows}
    assert (found["acts"], found["consultation"], found["visite"], found["active_file"]) == (1, 1, 0, 1)


def of(values: dict[str, float | None]) -> pa.Table:
    rows = [{"doctor_id": doctor, "measure": "acts", "value": value} for doctor, value in values.items()]
    return pa.Table.from_pylist(rows, schema=MEASURES)


def test_a_median_is_of_the_others_and_of_five_at_least():
    others = of({"me": 1000.0, "a": 1.0, "b": 2.0, "c": 3.0, "d": 5.0, "e": 9.0, "f": None})
    assert settings().least_peers == 5
    acts = next(row for row in beside(of({"me": 4.0}), others, "me") if row.measure == "acts")
    assert (acts.value, acts.median, acts.doctors) == (4.0, 3.0, 5)
    few = next(row for row in beside(of({"a": 4.0}), others.slice(1, 5), "a") if row.measure == "acts")
    assert (few.median, few.doctors) == (None, 0)
