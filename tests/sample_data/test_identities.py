"""Fictitious names: from a stream of their own, in the order of the country, with numbers nobody can be called at."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records import identities as known
from calculators.records import practice
from calculators.records.store import open_store
from sample_data import identities
from sample_data.generate import generate
from tests.records.documents import document, person

FICTION = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d")


def patients(number: int, births: list[date], sexes: str) -> pa.Table:
    return pa.table(
        {
            "patient_id": [f"M01-{n:04d}" for n in range(number)],
            "birth_date": pa.array([births[n % len(births)] for n in range(number)], pa.date32()),
            "sex": [sexes[n % len(sexes)] for n in range(number)],
        }
    )


def drawn(table: pa.Table, department: str | None = "15", seed: int = 1) -> list[dict]:
    return identities.draw(table, department, np.random.default_rng(seed)).to_pylist()


@pytest.mark.slow
def test_names_move_nothing_else_and_are_the_same_each_time(tmp_path: Path):
    for name, named in (("without", False), ("with", True), ("again", True)):
        generate(3, 7, tmp_path / name, named=named)

    def files(name: str) -> dict[str, bytes]:
        return {
            file.relative_to(tmp_path / name).as_posix(): file.read_bytes()
            for file in (tmp_path / name).rglob("*")
            if file.is_file()
        }

    with_names = files("with")
    assert files("again") == with_names
    assert with_names.pop(known.FILE)
    assert files("without") == with_names
    keys = pq.read_table(tmp_path / "with" / "patients", columns=["patient_id"])["patient_id"].to_pylist()
    assert {one.key for one in known.read(tmp_path / "with")} == set(keys)


def test_only_numbers_kept_for_fiction_are_drawn():
    births = [date(1940, 1, 1), date(2000, 1, 1)]
    for department in ("15", "2A", "33", "44", "67", "93", "974", None):
        phones = [row["phone"] for row in drawn(patients(400, births, "FM"), department)]
        assert all(FICTION.fullmatch(phone) for phone in phones)
        starts = {phone[:2] for phone in phones}
        assert len(starts) == (1 if department in ("974", None) else 2)
        assert "06" in starts


def test_each_department_has_the_range_of_its_region_and_no_other():
    everywhere = Counter(one for where in identities.names().phones.landline.values() for one in where)
    assert max(everywhere.values()) == 1
    assert len(everywhere) == 96


def test_given_names_are_those_of_the_sex_and_the_decade():
    given = identities.names().given
    for birth, sex, first in (
        (date(1946, 3, 1), "F", 1941),
        (date(1951, 1, 1), "M", 1951),
        (date(1950, 12, 31), "M", 1941),
        (date(2024, 2, 2), "F", 2011),
        (date(1890, 2, 2), "F", 1911),
    ):
        found = {row["given"] for row in drawn(patients(300, [birth], sex))}
        assert found <= set(given[sex][first]), (birth, sex)


@pytest.mark.slow
def test_the_first_names_of_1946_and_2020_are_as_frequent_as_the_insee_says():
    """Five boys of a hundred names: 35 % of 95 % in 1946, 7 % of 49 % in 2020."""
    for year, sex, share in ((1946, "M", 35 / 95), (1946, "F", 20 / 95), (2020, "M", 7 / 49), (2020, "F", 6 / 49)):
        rows = drawn(patients(20_000, [date(year, 6, 1)], sex))
        lists = identities.names().given[sex]
        five = lists[max(first for first in lists if first <= year)][:5]
        assert sum(row["given"] in five for row in rows) / len(rows) == pytest.approx(share, abs=0.015), (year, sex)


def test_martin_is_the_first_name_of_family_and_not_everybody_s():
    found = Counter(row["family"] for row in drawn(patients(20_000, [date(1970, 1, 1)], "F"))).most_common(2)
    assert found[0][0] == "MARTIN"
    assert 0.02 < found[0][1] / 20_000 < 0.06


@pytest.mark.slow
def test_a_document_added_to_a_named_folder_keeps_names_keys_and_figures(tmp_path: Path):
    generate(1, 7, tmp_path / "d", named=True)
    rules, day = load_set("convention_2024"), date(2026, 6, 30)
    before = {one.key: one for one in known.read(tmp_path / "d")}
    judged = assess(open_store(tmp_path / "d"), rules, day)
    practice.add(tmp_path / "d", [document("a", person("Inventée", "Aline", date(1984, 3, 12), "F"))], "D00001")
    after = {one.key: one for one in known.read(tmp_path / "d")}
    assert {key: (one.family, one.given, one.phone, one.leads_to) for key, one in after.items() if key in before} == {
        key: (one.family, one.given, one.phone, "") for key, one in before.items()
    }
    assert len(after) == len(before) + 1
    again = assess(open_store(tmp_path / "d"), rules, day).to_pylist()
    assert [row for row in again if row["patient_id"] in before] == judged.to_pylist()
