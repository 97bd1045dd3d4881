"""Whatever is given, each file goes to the reader of its kind; what cannot be read is told and stops nothing."""

import zipfile
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators.records import intake, nir, practice, recognise, sources
from calculators.records.intake import Taken, take
from calculators.records.readers import shape
from calculators.records.readers.shape import SourceError
from calculators.records.store import open_store
from tests import practice as small
from tests.dashboard.command.test_command import run
from tests.records.documents import number_of
from tests.records.histories import drug, history, ordinary, section
from tests.records.test_snds import worked

pytestmark = pytest.mark.slow

ONE_DRUG = section("Médicaments", drug("3400930000001", "20250301"))
LIST = (
    "Nom;Prénom;Date de naissance;Sexe;NIR\n"
    f"MARTIN;Jean;01/09/1955;M;{number_of(date(1955, 9, 1), 'M')}\n"
    f"DURAND;Anne;02/09/1955;F;{number_of(date(1955, 9, 2), 'F')}\n"
)
OPEN_MEDIC = "CIP13;l_cip13;ATC5;BOITES;BSE\n3400930000001;X;C10AA07;10;55,50\n"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "autres").mkdir(parents=True)
    (folder / "a.xml").write_text(history([ONE_DRUG], ins="279035121518989", birth="19790328"), encoding="utf-8")
    (folder / "autres" / "b.XML").write_text(
        history([ONE_DRUG], ins="260035121518988", birth="19600301"), encoding="utf-8"
    )
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


def ids(taken: Taken) -> list[str]:
    return sorted(one.source_id for one in taken.documents)


def told(taken: Taken) -> str:
    return "\n".join([*taken.said, *taken.left])


def test_a_folder_an_archive_and_the_files_say_the_same(two: Path):
    files = take([two / "a.xml", two / "autres" / "b.XML"])
    assert len(files.documents) == 2
    assert ids(take([two])) == ids(files)
    assert ids(take([zipped(two)])) == ids(files)


def test_every_kind_goes_to_its_reader_and_a_bad_file_stops_nothing(two: Path, tmp_path: Path):
    (two / "patients.csv").write_text(LIST, encoding="utf-8")
    (two / "OPEN_MEDIC_2024.CSV").write_text(OPEN_MEDIC, encoding="latin-1")
    (two / "mauvais.xml").write_text(ordinary()[:-40], encoding="utf-8")
    (two / "lettre.pdf").write_bytes(b"%PDF-1.7\n")
    small.write(two / "tables", patients=[("p1", "1950-03-01", "F")])
    taken = take([zipped(two)])
    kinds = sorted(one.kind for one in taken.documents)
    assert kinds == ["base_medicaments", "cda_remb", "cda_remb", "liste_patients", "tables"]
    assert "3 historiques des remboursements (CDA)." in taken.said
    assert "lettre.pdf" in told(taken)
    assert [sentence for sentence in taken.left if "mauvais.xml" in sentence]
    changed = practice.add(tmp_path / "dossier", taken.documents)
    assert changed.patients == 5
    drugs = pq.read_table(tmp_path / "dossier" / "drugs.parquet").to_pylist()
    assert [(row["cip13"], row["atc"], row["price_cents"]) for row in drugs] == [("3400930000001", "C10AA07", 555)]


def test_every_kind_that_is_read_has_a_reader():
    assert {kind.id for kind in recognise.KINDS.values() if kind.read} <= set(intake.READERS)


def test_a_file_of_an_archive_is_named_with_its_archive(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("IHE_XDM/SUBSET01/DOC.XML", ordinary()[:-40])
    assert "d.zip (IHE_XDM/SUBSET01/DOC.XML)" in told(take([tmp_path / "d.zip"]))


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shape, "LARGEST", 1000)
    (tmp_path / "d.xml").write_text(ordinary(), encoding="utf-8")
    taken = take([tmp_path / "d.xml"])
    assert taken.documents == ()
    assert "200 Mo" in told(taken)


def test_a_damaged_archive_and_a_path_without_anything_are_told(two: Path, tmp_path: Path):
    archive = zipped(two)
    archive.write_bytes(archive.read_bytes()[:200])
    taken = take([archive, tmp_path / "absent.xml", two / "a.xml"])
    assert len(taken.documents) == 1
    assert "documents.zip" in told(taken)
    assert "absent.xml" in told(taken)


def test_the_folder_to_be_written_is_never_a_source(two: Path, tmp_path: Path):
    to = two / "dossier"
    practice.add(to, take([two], to).documents)
    again = take([two], to)
    assert [one.kind for one in again.documents] == ["cda_remb", "cda_remb"]
    assert practice.add(to, again.documents).added == ()


def test_a_folder_made_of_documents_is_one_source_elsewhere(two: Path, tmp_path: Path):
    practice.add(tmp_path / "un", take([two]).documents)
    taken = take([tmp_path / "un"])
    assert ([one.kind for one in taken.documents], taken.left) == (["tables"], ())
    assert practice.add(tmp_path / "deux", taken.documents).patients == 2


def test_a_large_extraction_goes_from_file_to_file_and_alone(two: Path, tmp_path: Path, monkeypatch, capsys):
    worked(tmp_path / "dcir")
    assert [one.kind for one in take([tmp_path / "dcir"]).documents] == ["snds"]
    monkeypatch.setattr(intake, "STREAMED", 10)
    assert take([tmp_path / "dcir"]).documents == ()
    assert run("import", tmp_path / "dcir", two / "a.xml", "--to", tmp_path / "deux") == 2
    assert "importez-les seules" in capsys.readouterr().err
    assert run("import", tmp_path / "dcir", "--to", tmp_path / "grand") == 0
    assert sorted(open_store(tmp_path / "grand").rows)[:1] == ["act_keys"]
    assert not (tmp_path / "grand" / "sources.parquet").exists()
    assert run("import", tmp_path / "dcir", "--to", tmp_path / "grand") == 2


def test_large_tables_go_from_file_to_file_and_give_the_same_board(tmp_path: Path, monkeypatch, capsys):
    small.write(
        tmp_path / "tables", patients=[("p1", "1965-03-01", "F"), ("p2", "1950-03-01", "M")],
        acts=[("p1", "2025-05-02", "ngap", "G"), ("p3", "2025-05-02", "ngap", "G")], ald=[("p1", 8)], c2s=[],
        deliveries=[("p2", "2025-10-20", None, "J07BB02", 1)],
    )  # fmt: skip
    assert run("import", tmp_path / "tables", "--to", tmp_path / "un") == 0
    monkeypatch.setattr(intake, "STREAMED", 10)
    capsys.readouterr()
    assert run("import", tmp_path / "tables", "--to", tmp_path / "deux") == 0
    assert "lignes de acts (1) : " in capsys.readouterr().err
    boards = []
    for name in ("un", "deux"):
        assert run("prevention", tmp_path / name, "--doctor", "all", "--as-of", "2026-01-31") == 0
        boards.append(capsys.readouterr().out)
    assert boards[0] == boards[1]
    assert run("import", tmp_path / "tables", "--to", tmp_path / "un") == 2


def test_large_tables_whose_keys_are_social_security_numbers_are_refused(tmp_path: Path, monkeypatch, capsys):
    number = "2650375115423"
    small.write(tmp_path / "tables", patients=[(f"{number}{nir.key(number):02}", "1965-03-01", "F")])
    monkeypatch.setattr(intake, "STREAMED", 10)
    assert run("import", tmp_path / "tables", "--to", tmp_path / "un") == 2
    assert "sécurité sociale" in capsys.readouterr().err
    assert not (tmp_path / "un").exists()


def test_drugs_alone_make_no_folder_and_complete_one(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "OPEN_MEDIC_2024.CSV").write_text(OPEN_MEDIC, encoding="latin-1")
    drugs = take([tmp_path / "OPEN_MEDIC_2024.CSV"]).documents
    with pytest.raises(SourceError, match="aucun patient"):
        practice.add(tmp_path / "dossier", drugs)
    assert not (tmp_path / "dossier").exists()
    assert run("import", two / "a.xml", "--to", tmp_path / "dossier") == 0
    assert run("drugs", "load", tmp_path / "OPEN_MEDIC_2024.CSV", "--to", tmp_path / "dossier") == 0
    assert run("import", two / "autres" / "b.XML", "--to", tmp_path / "dossier") == 0
    assert pq.read_table(tmp_path / "dossier" / "drugs.parquet")["price_cents"].to_pylist() == [555]
    kinds = [one.kind for one in sources.read(tmp_path / "dossier")]
    assert sorted(kinds) == ["base_medicaments", "cda_remb", "cda_remb"]


def test_a_list_of_which_nobody_is_known_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "actes.csv").write_text(
        "Nom;Prénom;Date acte;Code acte\n" + "MARTIN;Anne;02/05/2025;QEQK004\nPETIT;Jean;03/05/2025;0552\n" * 5,
        encoding="utf-8",
    )
    assert run("import", tmp_path / "actes.csv", "--to", tmp_path / "d") == 2
    said = capsys.readouterr().err
    assert "actes.csv" in said
    assert "ni nom avec une date de naissance lisible" in said


def test_a_list_alone_has_no_ratio_for_want_of_deliveries_not_of_a_reference(tmp_path: Path, capsys):
    (tmp_path / "patients_2026-01-15.csv").write_text(
        "Nom;Prénom;Date de naissance;Sexe\nMARTIN;Jean;01/09/1955;M\nDURAND;Anne;02/09/1955;F\n", encoding="utf-8"
    )
    assert run("import", tmp_path / "patients_2026-01-15.csv", "--to", tmp_path / "d", "--doctor", "dr") == 0
    said = capsys.readouterr().err
    assert "pas de ratio pour 2025. Aucun patient n’a ses délivrances connues tous les jours de 2025" in said
    assert "reference build" not in said


def test_doctors_of_whom_nobody_is_on_the_list_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    small.write(
        tmp_path / "d", doctors=[("d1",), ("d2",)], patients=[("p1", "1950-03-01", "F")],
        acts=[("p1", "2025-05-02", "ngap", "G")],
    )  # fmt: skip
    said = "1 médecin n’a aucun patient sur la liste au 31 décembre 2025, et aucune ligne ici (d2)"
    for doctor in ("all", "d2"):
        assert run("prevention", tmp_path / "d", "--doctor", doctor, "--as-of", "2025-12-31") == 0
        assert said in capsys.readouterr().err
    assert run("forfait", tmp_path / "d", "--doctor", "d2", "--year", "2026", "--version", "convention_2024") == 0
    assert said in capsys.readouterr().err
    assert run("prevention", tmp_path / "d", "--doctor", "d1", "--as-of", "2025-12-31") == 0
    assert "aucune ligne ici" not in capsys.readouterr().err


def test_doctors_whom_the_tables_name_are_not_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    small.write(tmp_path / "tables", doctors=[("d1",), ("d2",)], patients=[("p1", "1950-03-01", "F")])
    assert run("import", tmp_path / "tables", "--to", tmp_path / "d") == 0
    assert "--doctor" not in capsys.readouterr().err


def test_the_prices_of_an_earlier_folder_keep_their_year(two: Path, tmp_path: Path):
    small.write(tmp_path / "dossier", patients=[("p1", "1950-03-01", "F")])
    (tmp_path / "OPEN_MEDIC_2024.CSV").write_text(OPEN_MEDIC, encoding="latin-1")
    assert run("drugs", "load", tmp_path / "OPEN_MEDIC_2024.CSV", "--to", tmp_path / "dossier") == 0
    assert run("import", two / "a.xml", "--to", tmp_path / "dossier") == 0
    assert pq.read_table(tmp_path / "dossier" / "drugs.parquet")["price_year"].to_pylist() == [2024]


def test_the_readme_names_every_kind():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert recognise.described() in readme, "calculators.records.recognise.described()"


def test_what_a_list_says_of_rights_is_known_from_its_day(tmp_path: Path):
    header = "Nom;Prénom;Date de naissance;Sexe;ALD;C2S;Date de décès\n"
    (tmp_path / "patients_2026-01-15.csv").write_text(
        header
        + "MARTIN;Jean;01/09/1955;M;8;oui;\nDURAND;Anne;02/09/1955;F;non;non;\nPETIT;Luc;03/09/1955;M;oui;non;03/01/2026\n",
        encoding="utf-8",
    )
    assert run("import", tmp_path / "patients_2026-01-15.csv", "--to", tmp_path / "d", "--doctor", "10001") == 0
    tables = {
        name: pq.read_table(tmp_path / "d" / f"{name}.parquet").to_pylist() for name in ("patients", "ald", "c2s")
    }
    born = {row["patient_id"]: row["birth_date"].day for row in tables["patients"]}
    assert sorted((born[row["patient_id"]], row["ald"]) for row in tables["ald"]) == [(1, 8), (3, 31)]
    assert {row["from_date"] for row in tables["ald"]} == {date(2026, 1, 15)}
    assert [born[row["patient_id"]] for row in tables["c2s"]] == [1]
    said = {row["birth_date"].day: (row["ald_known"], row["died_on"]) for row in tables["patients"]}
    assert said == {1: (True, None), 2: (True, None), 3: (False, date(2026, 1, 3))}
