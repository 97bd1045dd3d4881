"""The compact store: what it keeps, what it sets aside, when it is rebuilt."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from calculators import dates
from calculators.errors import UnusableFolderError
from calculators.records import store as stores
from calculators.records.store import open_store
from tests import practice


def rows(store, table):
    return store.engine().fetch(f"select * from {table}").to_pylist()


def test_days_are_integers_and_open_ends_are_the_last_day(tmp_path: Path):
    store = open_store(practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")]))
    (only,) = rows(store, "patients")
    assert (only["birth_day"], only["sex"], only["died_day"], only["ald_known"]) == (10, "F", dates.OPEN_END, None)
    assert rows(store, "registrations")[0]["to_day"] == dates.OPEN_END


def test_rows_that_cannot_be_used_are_set_aside_and_counted(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[("p1", "1970-01-11", "F"), ("p1", "1980-01-01", "M"), ("p2", None, "F"), ("p3", "1980-01-01", "X")],
        acts=[
            ("p1", "2025-01-01", "nabm", "1577"),
            ("inconnu", "2025-01-01", "nabm", "1577"),
            ("p2", None, "nabm", "1577"),
        ],
    )
    store = open_store(folder)
    assert [(p["birth_day"], p["sex"]) for p in rows(store, "patients")] == [(10, "F"), (3652, None)]
    assert len(rows(store, "acts")) == 1
    assert {(aside.table, aside.reason, aside.rows) for aside in store.set_aside} == {
        ("patients", "doublon", 1),
        ("patients", "birth_date vide", 1),
        ("registrations", "patient inconnu", 1),
        ("acts", "patient inconnu", 1),
        ("acts", "date vide", 1),
    }


def test_the_first_usable_row_of_a_patient_is_kept(tmp_path: Path):
    people = [("p1", None, "F"), ("p1", "1980-01-01", "F"), ("p1", "1990-01-01", "F")]
    store = open_store(practice.write(tmp_path / "d", patients=people))
    assert [p["birth_day"] for p in rows(store, "patients")] == [3652]
    assert {(aside.table, aside.reason, aside.rows) for aside in store.set_aside} >= {
        ("patients", "birth_date vide", 1),
        ("patients", "doublon", 1),
    }


def test_a_missing_optional_table_is_not_recorded_but_empty(tmp_path: Path):
    store = open_store(practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")]))
    assert rows(store, "acts") == []
    assert not store.is_recorded("acts")
    assert store.is_recorded("registrations")


def test_the_store_is_rebuilt_when_a_source_changes(tmp_path: Path):
    folder = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")])
    first = open_store(folder)
    practice.write(folder, patients=[("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "M")])
    second = open_store(folder)
    assert first.fingerprint != second.fingerprint
    assert second.rows["patients"] == 2


def test_the_store_is_the_same_by_whichever_path_the_folder_is_named(tmp_path: Path, monkeypatch):
    folder = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")])
    whole = open_store(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(stores, "_build", lambda *given: pytest.fail("construit de nouveau"))
    assert open_store(Path()).fingerprint == open_store(Path("../d")).fingerprint == whole.fingerprint


def test_a_store_copied_with_its_data_is_not_made_anew(tmp_path: Path):
    """Onto another disk, where a folder takes more or less place: one has a file that a system adds of itself."""
    act = ("p1", "2025-01-01", "nabm", "1577")
    open_store(practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")], acts=[act]))
    copied = shutil.copytree(tmp_path / "d", tmp_path / "e")
    acts = copied / stores.STORES / "acts.parquet"
    for number in range(200):
        (acts / f".{number:0100}").touch()
    made = next(acts.glob("*.parquet")).stat()
    assert open_store(copied).engine().fetch("select 1 from patients").num_rows == 1
    assert next(acts.glob("*.parquet")).stat().st_ino == made.st_ino


def test_a_folder_may_be_named_like_a_parameter(tmp_path: Path):
    folder = practice.write(tmp_path / "relevé:open_end", patients=[("p1", "1970-01-11", "F")])
    assert open_store(folder).rows["patients"] == 1


def test_the_drug_reference_fills_class_and_base(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[("p1", "1970-01-11", "F")],
        deliveries=[
            ("p1", "2025-01-01", "3400930000001", None, 2, None),
            ("p1", "2025-01-02", "3400930000001", "C09AA05", 1, 7),
        ],
        drugs=[("3400930000001", "A02BC01", "oméprazole", 350)],
    )
    found = (
        open_store(folder)
        .engine()
        .fetch("select atc, base_cents from deliveries d join drug_keys k on k.drug = d.drug order by day")
    )
    assert found.to_pylist() == [{"atc": "A02BC01", "base_cents": 700}, {"atc": "C09AA05", "base_cents": 7}]


def test_a_reversal_is_known_on_every_line_of_its_day_whichever_file_it_is_in(tmp_path: Path, monkeypatch):
    lines = [("p1", "2025-01-01", None, "C09AA05", 1, 7), ("p1", "2025-01-02", None, "C09AA05", 1, 7)]
    folder = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")], deliveries=lines)
    files = folder / "deliveries"
    files.mkdir()
    (folder / "deliveries.parquet").rename(files / "1.parquet")
    back = practice.write(
        tmp_path / "back",
        patients=[("p1", "1970-01-11", "F")],
        deliveries=[("p1", "2025-01-01", None, "A02BC01", -1, -9)],
    )
    (back / "deliveries.parquet").rename(files / "2.parquet")
    monkeypatch.setattr(stores, "GROUP_ROWS", 1)
    found = open_store(folder).engine().fetch("select day, boxes, with_reversal from deliveries order by day, boxes")
    day = dates.to_day(date(2025, 1, 1))
    assert found.to_pylist() == [
        {"day": day, "boxes": -1, "with_reversal": 1},
        {"day": day, "boxes": 1, "with_reversal": 1},
        {"day": day + 1, "boxes": 1, "with_reversal": 0},
    ]


@pytest.mark.parametrize("damage", ["missing table", "truncated", "no dataset", "no column", "wrong type"])
def test_an_unreadable_folder_is_refused_in_words(tmp_path: Path, damage: str):
    folder = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")])
    patients = folder / "patients.parquet"
    import pyarrow as pa
    import pyarrow.parquet as pq

    match damage:
        case "missing table":
            patients.unlink()
        case "truncated":
            patients.write_bytes(patients.read_bytes()[:40])
        case "no dataset":
            (folder / "dataset.toml").unlink()
        case "no column":
            pq.write_table(pq.read_table(patients).drop(["sex"]), patients)
        case "wrong type":
            table = pq.read_table(patients)
            pq.write_table(table.set_column(1, "birth_date", pa.array(["31/02/1970"])), patients)
    with pytest.raises(UnusableFolderError) as refusal:
        open_store(folder)
    assert str(folder) in str(refusal.value)
