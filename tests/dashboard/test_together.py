"""What is counted of all the doctors of a folder in one go is what is counted of each alone."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from dashboard import data
from tests.activity import drawing

DAY = date(2026, 6, 30)
IN_NO_ORDER = {"_on_the_last_day"}
TOGETHER = {name: one for name, one in vars(data).items() if isinstance(one, data._Together)}


def ordered(name: str, rows: pa.Table) -> pa.Table:
    return rows.sort_by([(column, "ascending") for column in rows.column_names]) if name in IN_NO_ORDER else rows


@pytest.fixture
def here(tmp_path: Path) -> data.Place:
    folder, _, _ = drawing.records(tmp_path / "cabinet", 7, DAY, rights=True)
    return data.place(folder)


@pytest.mark.slow
def test_each_doctor_finds_what_he_would_have_alone(here: data.Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(data, "MONTHS", 2)
    monkeypatch.setattr(data, "_of_the_country", lambda *_: ())
    for step in data._of_all(here, DAY):
        step()
    assert len(data.doctors(here)) == 2
    for name, asked in TOGETHER.items():
        assert asked._waiting, f"{name} is never counted of all"
        given = [rest for _, _, *rest in asked._waiting]
        alone = {
            (doctor, *rest): asked._compute(here, doctor, *rest) for rest in given for doctor in data.doctors(here)
        }
        monkeypatch.setattr(asked, "_compute", lambda *_, name=name: pytest.fail(f"{name} is counted again"))
        for asked_of, rows in alone.items():
            assert ordered(name, asked(here, *asked_of)).equals(ordered(name, rows)), (name, asked_of)


@pytest.mark.slow
def test_what_waits_of_data_that_have_changed_is_forgotten(here: data.Place):
    data.month.of_all(here, DAY, data.preferred_set(here))
    changed = data.Place(here.path, "changed since")
    data.month.of_all(changed, DAY, data.preferred_set(changed))
    assert {place for place, *_ in data.month._waiting} == {changed}
    data.forget()
    assert not any(one._waiting for one in TOGETHER.values())
