"""Tables that others wrote: other types and spellings are read as declared, what would lose something is refused."""

import shutil
import tempfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UnusableFolderError
from calculators.records.check import check
from calculators.records.folder import list_folder, open_folder
from calculators.records.parts import open_parts
from calculators.records.readers import canonical
from calculators.records.readers.shape import Archives, SourceError, SourceFile
from calculators.records.store import open_store
from calculators.records.tables import TABLES
from tests import practice

pytestmark = pytest.mark.slow

PATIENTS = [("1", "1950-03-12", "F"), ("2", "1962-07-01", "M", "2025-02-03"), ("3", "1985-11-30", "F")]
ACTS = [("1", "2025-05-02", "nabm", "0552", 1, "d1", "01"), ("2", "2024-03-03", "ccam", "QEQK004")]
BOXES = [("3", "2025-05-04", "3400930000120", "A10BA02", 2, 480)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return practice.write(
        tmp_path / "d", patients=PATIENTS, acts=ACTS, deliveries=BOXES, ald=[("1", 8, "2015-01-01")],
        doctors=[{"doctor_id": "d1", "department": "01"}],
    )  # fmt: skip


def changed(folder: Path, table: str, **columns: Any) -> None:
    """Put other columns in place of those of a table."""
    file = folder / f"{table}.parquet"
    held = pq.ParquetFile(file).read()
    for name, values in columns.items():
        held = held.set_column(held.schema.get_field_index(name), name, values)
    pq.write_table(held, file)


def column(folder: Path, table: str, name: str) -> Any:
    return pq.ParquetFile(folder / f"{table}.parquet").read()[name]


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables as the canonical reader gives them."""
    files = [SourceFile(file) for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")]
    [document] = canonical.read(files)
    return {name: table.to_pylist() for name, table in document.tables.items()}


def compact(folder: Path) -> list[list[dict[str, Any]]]:
    """What the store holds of it."""
    engine = open_store(folder).engine()
    wanted = ("patient_keys", "act_keys", "patients", "doctors", "ald", "acts", "deliveries")
    return [engine.fetch(f"select * from {name} order by all").to_pylist() for name in wanted]


def as_csv(folder: Path, separator: str = ";", encoding: str = "utf-8", french: bool = True) -> None:
    """The same tables as CSV, with French dates."""
    for file in sorted(folder.glob("*.parquet")):
        rows = pq.ParquetFile(file).read().to_pylist()
        names = [column.name for column in TABLES[file.stem].columns if not column.optional]
        lines = [separator.join(names), *(separator.join(_said(row[n], french) for n in names) for row in rows)]
        (folder / f"{file.stem}.csv").write_bytes("\r\n".join(lines).encode(encoding))
        file.unlink()


def _said(value: Any, french: bool) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if french else value.isoformat()
    return "" if value is None else str(value)


def test_timestamps_at_midnight_are_days_and_whole_numbers_are_keys(folder: Path):
    before, said = compact(folder), read(folder)
    changed(
        folder, "patients",
        patient_id=pc.cast(column(folder, "patients", "patient_id"), pa.int64()),
        birth_date=column(folder, "patients", "birth_date").cast(pa.timestamp("ns")),
        died_on=column(folder, "patients", "died_on").cast(pa.timestamp("us")),
    )  # fmt: skip
    changed(folder, "deliveries", cip13=pc.cast(column(folder, "deliveries", "cip13"), pa.float64()),
            boxes=pc.cast(column(folder, "deliveries", "boxes"), pa.float64()))  # fmt: skip
    changed(folder, "acts", date=pc.strftime(column(folder, "acts", "date"), "%d/%m/%Y"))
    assert compact(folder) == before
    assert read(folder) == said
    assert {p.rule for p in check(folder).problems} == {"ecriture"}


@pytest.mark.parametrize(
    ("separator", "encoding", "french"), [(";", "cp1252", True), (",", "utf-8-sig", False), ("\t", "utf-16", True)]
)
def test_a_folder_of_csv_opens_as_the_same_tables(folder: Path, separator: str, encoding: str, french: bool):
    before, said = compact(folder), read(folder)
    as_csv(folder, separator, encoding, french)
    assert compact(folder) == before
    assert read(folder) == said


def test_a_csv_may_lack_what_may_be_missing(tmp_path: Path):
    (tmp_path / "patients.csv").write_text("patient_id;birth_date;sex\np1;12/03/1950;f\n")
    (tmp_path / "doctors.csv").write_text("doctor_id;specialty;sector;zone\n10000000001;gp;1;none\n")
    (tmp_path / "registrations.csv").write_text("patient_id;doctor_id;from_date\np1;10000000001;01/01/2019\n")
    (tmp_path / "dataset.toml").write_text(dataset_text())
    store = open_store(tmp_path)
    assert store.rows["registrations"] == 1
    assert store.set_aside == ()
    assert store.engine().fetch("select first_installation from doctors").to_pylist() == [{"first_installation": False}]
    (tmp_path / "patients.csv").write_text("patient_id;birth_date\np1;12/03/1950\n")
    with pytest.raises(UnusableFolderError, match="n’a pas la colonne « sex »"):
        open_folder(tmp_path)


def dataset_text() -> str:
    from calculators.records.folder import dataset_toml

    return dataset_toml(practice.dataset(title="Cabinet inventé"))


def test_rows_of_a_csv_keep_their_number(tmp_path: Path):
    lines = [f"p{n};01/01/1950;F" for n in range(30_000)]
    lines[20_000] = "p20000;01/01/1950;Z"
    (tmp_path / "patients.csv").write_text("\n".join(["patient_id;birth_date;sex", *lines]))
    (tmp_path / "doctors.csv").write_text("doctor_id;specialty;sector;zone\nd1;gp;1;none\n")
    (tmp_path / "registrations.csv").write_text("patient_id;doctor_id;from_date\n")
    (tmp_path / "dataset.toml").write_text(dataset_text())
    [fault] = [p for p in check(tmp_path).problems if p.rule == "valeur"]
    assert (fault.row, fault.value) == (20_001, "Z")


@pytest.mark.parametrize(
    ("table", "name", "values", "said"),
    [
        (
            "patients",
            "birth_date",
            pa.array([datetime(1950, 3, 12), datetime(1962, 7, 1, 8), datetime(1985, 1, 1)]),
            "ligne 2",
        ),
        ("patients", "birth_date", pa.array(["12/03/1950", "31/02/1962", "30/11/1985"]), "31/02/1962"),
        ("patients", "patient_id", pa.array([1.0, 2.5, 3.0]), "2.5"),
        ("deliveries", "boxes", pa.array(["deux"]), "deux"),
        ("deliveries", "boxes", pa.array([date(2025, 1, 1)]), "date trouvé"),
    ],
    ids=["an hour", "no such day", "half a key", "a word", "a day for a number"],
)
def test_what_would_be_lost_is_refused_with_row_and_value(folder: Path, table: str, name: str, values: Any, said: str):
    changed(folder, table, **{name: values})
    with pytest.raises(UnusableFolderError, match=name) as refused:
        open_folder(folder)
    assert said in str(refused.value)
    assert "No such" not in str(refused.value)
    with pytest.raises(SourceError, match=name):
        read(folder)


SPELLINGS = [
    ("ccam", "qeqk004", "QEQK004"), ("ccam", "QEQK004 1 0", "QEQK004"), ("ccam", "QEQK0040", "QEQK004"),
    ("ccam", " QEQK004 ", "QEQK004"), ("ccam", "QEQK004 4 0", "QEQK004 4 0"), ("ngap", "g", "G"), ("ngap", "G(S)", "G(S)"),
    ("NABM", "552", "0552"), ("nabm", "15 77", "1577"), ("lpp", "123456", "0123456"), ("loinc", "4548-4 ", "4548-4"),
]  # fmt: skip


@pytest.mark.parametrize(("system", "code", "right"), SPELLINGS, ids=[f"{s} {c}" for s, c, _ in SPELLINGS])
def test_a_code_has_one_spelling_or_is_reported(tmp_path: Path, system: str, code: str, right: str):
    folder = practice.write(tmp_path / "d", patients=PATIENTS, acts=[("1", "2025-01-02", system, code)])
    assert open_store(folder).engine().fetch("select code from act_keys").to_pylist() == [{"code": right}]
    rules = {p.rule for p in check(folder).problems}
    assert rules == {"ecriture" if right != code.strip(" ") or right != code or system == "NABM" else f"code_{system}"}


def test_placeholders_are_missing_values_where_one_may_be_missing(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[("1", "1950-03-12", "F", "1600-01-01"), ("2", "1950-03-12", "M", "9999-12-31")],
        registrations=[{"patient_id": "1", "to_date": "9999-12-31"}, {"patient_id": "2", "to_date": "2026-12-31"}],
        ald=[("1", 8, "2015-01-01", "1600-01-01"), ("2", 8, "2015-01-01", "2999-12-31")],
    )
    engine = open_store(folder).engine()
    assert engine.fetch("select distinct died_day from patients").num_rows == 1
    ends = engine.fetch("select to_day from ald union all select to_day from registrations order by 1")[
        "to_day"
    ].to_pylist()
    assert ends[0] == (date(2026, 12, 31) - date(1970, 1, 1)).days
    assert len(set(ends[1:])) == 1
    assert ends[1] > 100_000
    assert {p.value for p in check(folder).problems if p.rule == "ecriture"} == {"1600-01-01", "9999-12-31"}


DEPARTMENTS = ("", "1", "2a", "075", "01000", "20", "974")


def test_keys_and_departments_are_spelt_alike_or_reported(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[("p1", "1950-03-12", "f"), ("p2", "1950-03-12", "M")],
        registrations=[("p1 ", "d1 ", "2019-01-01"), ("P2", "d1", "2019-01-01")],
        doctors=[{"doctor_id": f"d{n}", "department": said} for n, said in enumerate(DEPARTMENTS)],
    )  # fmt: skip
    store = open_store(folder)
    assert [(a.table, a.rows) for a in store.set_aside] == [("registrations", 1)]
    departments = [known.department for known in store.known_doctors.values()]
    assert departments == [None, "01", "2A", "75", "01000", "20", "974"]
    found = {(p.rule, p.value) for p in check(folder).problems if p.rule != "ecriture"}
    assert found >= {("departement", "01000"), ("departement", "20"), ("cle_presque_connue", "P2")}
    assert ("departement", "974") not in found


def test_twins_under_one_number_and_default_births_are_told(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[("1", "2015-06-15", "M"), ("1", "2015-06-15", "F"), ("2", "1900-01-01", "F")],
        acts=[("2", "2025-01-01", "ngap", "G", 0)],
    )
    rules = {p.rule: p.sentence for p in check(folder).problems}
    assert "rang" in rules["deux_personnes"]
    assert {"naissance_par_defaut", "quantite_nulle"} <= set(rules)
    [document] = canonical.read([SourceFile(folder / "patients.parquet")])
    assert any("rang" in one.reason for one in document.unmapped)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_dataset_toml_of_a_windows_editor_opens(folder: Path, encoding: str):
    text = dataset_text().replace("\n", "\r\n")
    (folder / "dataset.toml").write_bytes(text.encode(encoding))
    assert list_folder(folder).dataset.title == "Cabinet inventé"


def test_what_systems_and_writers_leave_is_no_table(folder: Path):
    before = compact(folder)
    (folder / "acts").mkdir()
    shutil.move(folder / "acts.parquet", folder / "acts" / "a.parquet")
    (folder / "acts" / "._a.parquet").write_bytes(b"\x00\x05\x16\x07")
    (folder / "acts" / "_temporary").mkdir()
    (folder / "acts" / "_temporary" / "b.parquet").write_bytes(b"PAR1")
    (folder / "acts" / "_SUCCESS").touch()
    assert compact(folder) == before


def test_a_department_written_without_its_zero_is_cut_as_the_others(folder: Path):
    for name in ("patients", "registrations", "acts", "deliveries", "ald"):
        (folder / name / "department=1").mkdir(parents=True)
        shutil.move(folder / f"{name}.parquet", folder / name / "department=1" / "x.parquet")
    assert [part.name for part in open_parts(folder).departments] == ["01"]


def test_the_reader_says_what_the_folder_covers_and_keeps_its_keys(folder: Path):
    [document] = canonical.read([SourceFile(folder / "patients.parquet"), SourceFile(folder / "dataset.toml")])
    assert {p.key: p.keeps_key for p in document.people} == {"1": True, "2": True, "3": True}
    assert {c.domain for c in document.covered if c.key == "1"} == {"acts", "biology", "deliveries", "vaccinations"}
    assert document.kind == "tables"
    assert document.read["acts"] == 2
    assert len(document.source_id) == 64
    archive = folder.parent / "d.zip"
    shutil.make_archive(str(archive.with_suffix("")), "zip", folder.parent, "d")
    archives = Archives()
    members = [
        SourceFile(archive, name, archives) for name in archives.of(archive).namelist() if not name.endswith("/")
    ]
    [again] = canonical.read(members)
    archives.close()
    assert again.tables == document.tables
    assert again.source_id == document.source_id


def test_a_key_that_is_a_social_security_number_is_not_kept(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d", patients=[("184127645108946", "1984-12-01", "M"), ("p2", "1984-12-01", "M")]
    )
    [document] = canonical.read([SourceFile(folder / "patients.parquet")])
    assert [(p.keeps_key, p.number) for p in document.people] == [(False, "184127645108946"), (True, "")]


def test_tables_are_recognised_by_what_they_hold():
    assert canonical.recognise(b"patient_id;birth_date;sex\np1;1950-01-01;F\n", "export.csv") == "tables"
    assert canonical.recognise(b"PAR1...", "acts/year=2025/x.parquet") == "tables"
    assert canonical.recognise(b"PAR1...", "autre.parquet") is None
    assert canonical.recognise(b"Nom;Prenom\n", "patients.csv") is None
    assert canonical.recognise(b"title = 'x'", "d/dataset.toml") == "tables"


KEYS = st.sampled_from(["1", "2", "3"])
DAYS = st.dates(date(1920, 1, 1), date(2026, 6, 30))
ACT = st.tuples(
    KEYS,
    DAYS,
    st.sampled_from(["nabm", "ccam", "ngap"]),
    st.sampled_from(["0552", "QEQK004", "G"]),
    st.integers(-3, 300),
)


@pytest.mark.oracle
@settings(max_examples=min(12, settings.default.max_examples))
@given(st.lists(ACT, max_size=8), st.sampled_from([";", ",", "\t"]), st.booleans())
def test_rows_written_in_csv_are_read_back(acts: list[tuple], separator: str, french: bool):
    with tempfile.TemporaryDirectory() as place:
        folder = practice.write(Path(place) / "d", patients=PATIENTS, acts=acts)
        said = read(folder)["acts"]
        as_csv(folder, separator, "utf-8", french)
        assert read(folder)["acts"] == said


@pytest.mark.oracle
@settings(max_examples=min(30, settings.default.max_examples))
@given(st.binary(max_size=200), st.sampled_from(["patients.csv", "patients.parquet", "dataset.toml"]))
def test_damaged_tables_raise_source_errors_only(content: bytes, name: str):
    with tempfile.TemporaryDirectory() as place:
        folder = practice.write(Path(place) / "d", patients=PATIENTS)
        if name.endswith(".csv"):
            (folder / "patients.parquet").unlink()
            content = b"patient_id;birth_date;sex\n" + content
        (folder / name).write_bytes(content)
        with suppress(SourceError):
            read(folder)


@pytest.mark.parametrize("group", [1, 3])
@pytest.mark.parametrize("statistics", [True, False])
def test_another_spelling_is_told_wherever_the_other_values_are_missing(folder: Path, group: int, statistics: bool):
    """Of a column without any value nothing is asked, as the statistics of the file say."""
    file = folder / "patients.parquet"
    held = pq.ParquetFile(file).read()
    died = held.schema.get_field_index("died_on")
    held = held.set_column(died, "died_on", pa.array([None, None, "03/02/2025"], pa.string()))
    pq.write_table(held, file, row_group_size=group, write_statistics=statistics)
    [told] = [one for one in check(folder).problems if one.rule == "ecriture"]
    assert (told.column, told.row, told.value, told.count) == ("died_on", 3, "03/02/2025", 1)
