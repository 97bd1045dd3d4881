"""A doctor's list on a day, with rights and last contact."""

from datetime import date
from pathlib import Path

import pytest

from calculators.records.roster import care, care_of, roster
from calculators.records.store import open_store
from tests import practice

AS_OF = date(2025, 6, 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return practice.write(
        tmp_path / "d",
        patients=[
            ("anne", "1960-06-30", "F"),
            ("bruno", "1960-07-01", "M"),
            ("claude", "1950-01-01", "M", "2025-06-30"),
            ("denis", "1950-01-01", "M"),
        ],
        registrations=[
            {"patient_id": "anne"},
            {"patient_id": "bruno", "to_date": "2025-06-30"},
            {"patient_id": "claude"},
            {"patient_id": "denis", "to_date": "2025-06-29"},
        ],
        ald=[("anne", 8), ("anne", 12), ("anne", 3, "2010-01-01", "2025-06-29")],
        c2s=[("bruno",)],
        acts=[
            ("anne", "2025-01-05", "ngap", "G", 1, "d1"),
            ("anne", "2025-03-05", "ngap", "G", 1, "d1"),
            ("anne", "2025-03-05", "ngap", "G", -1, "d1"),
            ("anne", "2025-04-05", "ngap", "G", 1, "autre"),
            ("anne", "2025-07-05", "ngap", "G", 1, "d1"),
        ],
        deliveries=[("anne", "2025-02-01", "3400930247853", "J07AL02", 1)],
    )


def test_the_list_holds_the_living_registered_that_day(folder):
    rows = {row["patient_id"]: row for row in roster(open_store(folder), "d1", AS_OF).to_pylist()}
    assert list(rows) == ["anne", "bruno"]
    assert (rows["anne"]["age"], rows["bruno"]["age"]) == (65, 64)
    assert (rows["anne"]["ald"], rows["bruno"]["ald"]) == ([8, 12], [])
    assert (rows["anne"]["c2s"], rows["bruno"]["c2s"]) == (False, True)


def test_last_contact_counts_the_doctor_s_own_acts_net_of_reversals(folder):
    rows = roster(open_store(folder), "d1", AS_OF).to_pylist()
    assert rows[0]["last_seen_on"] == date(2025, 1, 5)
    assert rows[1]["last_seen_on"] is None


def test_rights_the_source_does_not_record_stay_unknown(tmp_path):
    about = practice.dataset(ald_known=False, c2s_known=False)
    folder = practice.write(tmp_path / "e", about, patients=[("anne", "1960-06-30", "F")], ald=[("anne", 8)], c2s=[])
    row = roster(open_store(folder), "d1", AS_OF).to_pylist()[0]
    assert (row["ald_known"], row["c2s"]) == (True, None)


def test_the_care_of_a_patient_stops_on_the_day(folder):
    lines = care(open_store(folder), "anne", AS_OF).to_pylist()
    assert [line["date"].month for line in lines] == [1, 2, 3, 3, 4]
    assert lines[1]["cip13"] == "3400930247853"


@pytest.mark.parametrize(
    ("code", "months"),
    [
        (("ngap", "G"), [1, 3, 3, 4]),
        (("ccam", "G"), []),
        (("atc", "J07"), [2]),
        (("cip13", "3400930247853"), [2]),
        (("atc", "J06"), []),
    ],
)
def test_of_the_care_of_some_patients_the_codes_asked_for_alone_are_read(folder, code, months):
    lines = care_of(open_store(folder), ["anne", "bruno"], AS_OF, {code}).to_pylist()
    assert [line["date"].month for line in lines] == months
    every = care_of(open_store(folder), ["anne", "bruno"], AS_OF).to_pylist()
    assert all(line in every for line in lines)
