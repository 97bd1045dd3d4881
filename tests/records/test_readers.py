"""Files, folders and archives in; one folder out, whole or absent."""

import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from calculators.errors import UnusableFolderError
from calculators.records import readers
from calculators.records.folder import open_folder, write_folder
from calculators.records.readers import Imported, SourceError, import_sources, read_sources, shape
from tests import practice
from tests.records.histories import drug, history, ordinary, section

ONE_DRUG = section("Médicaments", drug("3400930000001", "20250301"))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "autres").mkdir(parents=True)
    (folder / "a.xml").write_text(history([ONE_DRUG], ins="1"), encoding="utf-8")
    (folder / "autres" / "b.XML").write_text(history([ONE_DRUG], ins="2"), encoding="utf-8")
    (folder / "lisez-moi.txt").write_text("rien")
    (folder / "._a.xml").write_bytes(b"\x00\x05")
    return folder


def zipped(folder: Path) -> Path:
    archive = folder.parent / "documents.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                out.write(file, str(file.relative_to(folder)))
    return archive


def test_a_folder_an_archive_and_the_files_say_the_same(two: Path):
    files = read_sources([two / "a.xml", two / "autres" / "b.XML"])
    assert len(files.tables["patients"]) == 2
    assert read_sources([two]).tables == files.tables
    assert read_sources([zipped(two)]).tables == files.tables
    assert read_sources([two, zipped(two)]).tables == files.tables


def test_a_file_of_an_archive_is_named_with_its_archive(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("IHE_XDM/SUBSET01/DOC.XML", "<ClinicalDocument")
    with pytest.raises(SourceError) as refused:
        read_sources([tmp_path / "d.zip"])
    assert "d.zip (IHE_XDM/SUBSET01/DOC.XML)" in str(refused.value)


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shape, "LARGEST", 1000)
    (tmp_path / "d.xml").write_text(ordinary(), encoding="utf-8")
    with pytest.raises(SourceError, match="200 Mo"):
        read_sources([tmp_path / "d.xml"])


def test_an_archive_is_measured_once_unpacked(tmp_path: Path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "d.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", "<" + " " * 600_000)
        archive.writestr("b.xml", "<" + " " * 600_000)
    assert (tmp_path / "d.zip").stat().st_size < 5_000
    monkeypatch.setattr(shape, "LARGEST", 1_000_000)
    with pytest.raises(SourceError, match="Une fois décompressée"):
        read_sources([tmp_path / "d.zip"])


def test_a_damaged_or_locked_archive_is_refused_in_words(two: Path):
    archive = zipped(two)
    content = bytearray(archive.read_bytes())
    content[60:120] = b"\xff" * 60
    archive.write_bytes(content)
    with pytest.raises(SourceError, match=r"documents\.zip"):
        read_sources([archive])
    content = bytearray(zipped(two).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag « encrypted » of each member
        position = content.find(mark)
        while position >= 0:
            content[position + offset] |= 1
            position = content.find(mark, position + 1)
    archive.write_bytes(content)
    with pytest.raises(SourceError, match="ne peut pas être lu"):
        read_sources([archive])


@pytest.mark.parametrize("missing", ["absent.xml", "vide"])
def test_a_path_without_a_document_is_told(tmp_path: Path, missing: str):
    (tmp_path / "vide").mkdir()
    with pytest.raises(SourceError, match=missing):
        read_sources([tmp_path / missing])
    with pytest.raises(SourceError, match="Aucun fichier"):
        read_sources([])


def test_nothing_of_the_user_is_overwritten(two: Path, tmp_path: Path):
    with pytest.raises(UnusableFolderError, match="autre chose"):
        import_sources([two / "a.xml"], two / "autres")
    write_folder(two / "dossier", *record("x"))
    (two / "dossier" / "c.xml").write_text(history([ONE_DRUG]), encoding="utf-8")
    with pytest.raises(SourceError, match="choisissez un autre dossier"):
        import_sources([two / "dossier" / "c.xml"], two / "dossier")
    assert (two / "dossier" / "c.xml").exists()
    assert (two / "autres" / "b.XML").exists()


def test_importing_again_keeps_what_the_doctor_declared_and_replaces_the_tables(two: Path, tmp_path: Path):
    to = tmp_path / "dossier"
    write_folder(to, *record("x"))
    (to / "acts.parquet").write_bytes(b"plus rien de tel")
    (to / "declarations.jsonl").write_text("{}\n")
    (to / ".tableau-mt").mkdir()
    import_sources([two / "a.xml"], to)
    found = {file.name for file in to.iterdir()}
    assert (to / "declarations.jsonl").read_text() == "{}\n"
    assert {"declarations.jsonl", "dataset.toml", "patients.parquet"} <= found
    assert ".tableau-mt" not in found
    assert open_folder(to).dataset.source != practice.dataset().source


def record(patient: str, **about):
    tables = {
        "doctors": practice.table("doctors", []),
        "patients": practice.table("patients", [{"patient_id": patient}]),
        "registrations": practice.table("registrations", []),
    }
    return tables, practice.dataset(**about)


def other_reader(mark: bytes, patient: str, **about):
    """A reader of files that start with `mark`."""
    tables, dataset = record(patient, **about)
    return SimpleNamespace(
        LABEL=f"fichier {mark.decode()}",
        understands=lambda head: head.startswith(mark),
        read=lambda sources: Imported(tables, dataset, {patient: len(sources)}, []),
    )


def test_another_reader_needs_one_line_and_records_are_joined(two: Path, monkeypatch):
    (two / "c.csv").write_text("nom;prénom")
    monkeypatch.setattr(readers, "READERS", (*readers.READERS, other_reader(b"nom", "csv-1", ald_known=True)))
    joined = read_sources([two, two / "c.csv"])
    assert sorted(joined.tables["patients"].column("patient_id").to_pylist()) == ["csv-1", "patient-1", "patient-2"]
    assert joined.read == {"Médicaments": 2, "csv-1": 1}
    assert joined.dataset.ald_known is False
    assert (joined.dataset.covers_from.year, joined.dataset.covers_to.year) == (2025, 2025)


def test_two_sources_that_name_different_patients_alike_are_refused(two: Path, monkeypatch):
    (two / "c.csv").write_text("nom;prénom")
    monkeypatch.setattr(readers, "READERS", (*readers.READERS, other_reader(b"nom", "patient-1")))
    with pytest.raises(SourceError, match="la même clé"):
        read_sources([two, two / "c.csv"])


@pytest.mark.parametrize(
    "title", ["Données\x7f", 'Dit « \\ » et "', "a\x85b\x9f"], ids=["delete", "quotes", "controls"]
)
def test_whatever_the_title_of_a_document_the_folder_opens(tmp_path: Path, title: str):
    (tmp_path / "d.xml").write_text(history([ONE_DRUG], title=title), encoding="utf-8")
    imported = import_sources([tmp_path / "d.xml"], tmp_path / "dossier")
    assert open_folder(tmp_path / "dossier").dataset == imported.dataset
