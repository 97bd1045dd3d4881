"""A reference counted department by department: the same bytes, goes on where it stopped, recounts only what changed."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from calculators.errors import UnusableFolderError
from calculators.records import folder as folders
from calculators.records import store as stores
from calculators.records.folder import dataset_toml
from calculators.records.store import open_store
from calculators.records.tables import TABLES
from calculators.sobriety import partial_sums
from calculators.sobriety.partial_sums import Work
from calculators.sobriety.reference import UnusableReferenceError, build, build_by_part
from tests import practice
from tests.sobriety.test_reference import content
from tests.sobriety.villages import BUILT_ON, OTHER_DRUG, YEAR, definition, village

pytestmark = pytest.mark.slow

LISTS = {"d1": [1000, 3000, 500, 0, 70_000], "d2": [0, 2000, 2000, 4000, 120], "d3": [10, 20], "d4": [900]}
DEPARTMENTS = {"13": ("d1-p00", "d1-p01", "d1-p02", "d3"), "2A": ("d1-p03", "d1-p04", "d2"), "84": ("d4",)}
"""d1 has patients in two departments, d4 too few of them anywhere."""


def department_of(patient: str) -> str:
    return next(name for name, starts in DEPARTMENTS.items() if patient.startswith(starts))


def country(folder: Path, change: str = "", **more: list) -> Path:
    """The village, its patients' tables cut by department; `change` adds a patient's box there."""
    tables = village(LISTS) | {"ald": [("d1-p03", 8)], "c2s": [("d2-p00",)]} | more
    tables["deliveries"].append(("d2-p01", "2025-06-01", None, OTHER_DRUG, 2, 800, "d2", "01"))
    if change:
        patient = next(p[0] for p in tables["patients"] if department_of(p[0]) == change)
        tables["deliveries"].append((patient, "2025-07-01", None, OTHER_DRUG, 1, 55, patient[:2], "01"))
    tables["doctors"] = [{"doctor_id": doctor, "department": "13"} for doctor in LISTS]
    for name, rows in tables.items():
        rows = [practice._row(name, row) for row in rows]
        groups = {""} if name == "doctors" else set(DEPARTMENTS)
        for group in groups:
            mine = [row for row in rows if name == "doctors" or department_of(row["patient_id"]) == group]
            write(folder / name / (f"department={group}/a.parquet" if group else "a.parquet"), name, mine)
    (folder / "dataset.toml").write_text(dataset_toml(practice.dataset()), encoding="utf-8")
    return folder


def write(file: Path, name: str, rows: list[dict]) -> None:
    """Only when it changes, as a supplier who refreshes one department."""
    table = pa.Table.from_pylist(rows, schema=TABLES[name].schema)
    if not file.exists() or pq.read_table(file, partitioning=None) != table:
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, file)


def made(folder: Path, to: Path, seen_over: int = 1) -> dict[str, bytes]:
    build_by_part(folder, YEAR, definition(seen_over), to, BUILT_ON)
    return content(to)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every (table, part) written from now on."""
    kept, keep = [], Work.keep

    def listen(self, table, piece, stamp, rows):
        kept.append((table, piece.name))
        keep(self, table, piece, stamp, rows)

    monkeypatch.setattr(Work, "keep", listen)
    return kept


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For tests that only read it."""
    return country(tmp_path_factory.mktemp("pays") / "d")


@pytest.fixture(scope="module")
def in_parts(cut: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The reference of `cut`, department by department."""
    return made(cut, tmp_path_factory.mktemp("pays") / "r")


def test_parts_give_the_bytes_of_the_whole(cut: Path, in_parts: dict[str, bytes], tmp_path: Path):
    build(open_store(cut), YEAR, definition(), tmp_path / "whole", BUILT_ON)
    assert in_parts == content(tmp_path / "whole")
    ids = pq.read_table(tmp_path / "whole" / "doctors.parquet")["doctor_id"].to_pylist()
    assert ids == ["d1", "d2", "d3"]


@pytest.mark.parametrize("block", [1, 3, 5])
def test_blocks_of_patients_give_the_same_bytes(
    cut: Path, in_parts: dict[str, bytes], tmp_path: Path, monkeypatch, block: int
):
    monkeypatch.setattr(partial_sums, "BLOCK", block)
    assert made(cut, tmp_path / "blocks") == in_parts


def test_a_doctor_seen_enough_only_over_several_departments_is_kept(cut: Path, tmp_path: Path):
    made(cut, tmp_path / "r", seen_over=4)
    assert pq.read_table(tmp_path / "r" / "doctors.parquet")["doctor_id"].to_pylist() == ["d1", "d2"]


def test_a_stopped_run_goes_on_where_it_was_and_leaves_nothing_readable(
    cut: Path, in_parts: dict[str, bytes], tmp_path: Path, monkeypatch
):
    folder, to = cut, tmp_path / "r"
    keep, kept = Work.keep, []

    def stop(self, table, piece, stamp, rows):
        if (table, piece.name) == ("prescribed", "84"):
            raise KeyboardInterrupt
        keep(self, table, piece, stamp, rows)

    with monkeypatch.context() as patched:
        patched.setattr(Work, "keep", stop)
        with pytest.raises(KeyboardInterrupt):
            made(folder, to)
    assert not to.exists()
    kept = counted(monkeypatch)
    assert made(folder, to) == in_parts
    assert [name for table, name in kept if table == "initiated"] == ["84"]  # the rest of the stopped run


def test_refreshing_one_department_recounts_it_alone(tmp_path: Path, monkeypatch):
    folder = country(tmp_path / "d")
    before = made(folder, tmp_path / "r")
    country(folder, change="84")
    kept, built = counted(monkeypatch), []
    build_store = stores._build
    monkeypatch.setattr(stores, "_build", lambda *given: built.append(given) or build_store(*given))
    after = made(folder, tmp_path / "r")
    assert {name for _, name in kept} == {"84"}
    assert len(built) == 1
    assert after == made(country(tmp_path / "fresh", change="84"), tmp_path / "fresh-r")
    assert after != before


def test_nothing_is_counted_again_when_nothing_changed(tmp_path: Path, monkeypatch):
    folder = country(tmp_path / "d")
    before = made(folder, tmp_path / "r")
    kept = counted(monkeypatch)
    assert made(folder, tmp_path / "r") == before
    assert kept == []


def test_a_file_that_cannot_be_read_is_told_before_anything_is_counted(tmp_path: Path, monkeypatch):
    made(country(tmp_path / "d"), tmp_path / "r")
    broken = tmp_path / "d" / "deliveries" / "department=84" / "a.parquet"
    broken.write_bytes(broken.read_bytes()[:-9])
    opened = counted(monkeypatch)
    with pytest.raises(UnusableFolderError, match=r"department=84.a.parquet.*n’est pas un fichier parquet entier"):
        made(tmp_path / "d", tmp_path / "r")
    assert opened == []


def test_files_read_once_are_not_opened_to_be_told_readable(tmp_path: Path, monkeypatch):
    made(country(tmp_path / "d"), tmp_path / "r")
    monkeypatch.setattr(folders.pq, "read_schema", lambda file: pytest.fail(f"{file} est rouvert"))
    made(tmp_path / "d", tmp_path / "r")


def test_a_new_threshold_counts_again(cut: Path, tmp_path: Path):
    """The parts kept for one definition do not serve another one."""
    assert made(cut, tmp_path / "r") != made(cut, tmp_path / "r", seen_over=2)


def test_a_table_cut_otherwise_is_refused_with_its_name(tmp_path: Path):
    folder = country(tmp_path / "d")
    stray = practice._row("acts", ("d4-p00", "2025-05-02", "ngap", "G", 1, "d1", "01"))
    write(folder / "acts" / "department=13" / "a.parquet", "acts", [stray])
    with pytest.raises(UnusableFolderError, match=r"« acts » n’est pas découpée comme « patients » : 1 ligne.*13"):
        made(folder, tmp_path / "r")


def test_a_patient_nobody_knows_is_not_a_patient_of_another_department(tmp_path: Path):
    folder = country(tmp_path / "d", c2s=[])
    stranger = practice._row("c2s", ("inconnu",))
    known = next(row[0] for row in village(LISTS)["patients"] if department_of(row[0]) == "13")
    past = [practice._row("c2s", (known, f"{year}-01-01", f"{year}-06-30")) for year in range(1990, 2020)]
    write(folder / "c2s" / "department=13" / "a.parquet", "c2s", [*past, stranger])  # a stranger in thirty is no doubt
    assert made(folder, tmp_path / "r")


def test_a_folder_without_amounts_or_rights_is_refused_whole(tmp_path: Path):
    folder = country(tmp_path / "d")
    (folder / "dataset.toml").write_text(dataset_toml(practice.dataset(c2s_known=False)), encoding="utf-8")
    with pytest.raises(UnusableReferenceError, match="C2S non renseignée pour 12 patients fidèles"):
        made(folder, tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_a_year_the_folder_does_not_cover_is_refused_before_counting(tmp_path: Path, monkeypatch):
    folder, kept = country(tmp_path / "d"), counted(monkeypatch)
    with pytest.raises(UnusableReferenceError, match="ne couvrent pas toute l’année 2026"):
        build_by_part(folder, 2026, definition(), tmp_path / "r", date(2026, 1, 2))
    assert kept == []
