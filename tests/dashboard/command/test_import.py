"""Documents are added, listed and withdrawn; replacing is asked for and said."""

import re
from pathlib import Path

import pytest

from tests.dashboard.command.test_command import run
from tests.records.histories import drug, history, section

pytestmark = pytest.mark.slow

ONE_DRUG = section("Médicaments", drug("3400930000001", "20250301"))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, ins, birth in (("a", "279035121518989", "19790328"), ("b", "260035121518988", "19600301")):
        (folder / f"{name}.xml").write_text(history([ONE_DRUG], ins=ins, birth=birth), encoding="utf-8")
    return folder


def test_documents_are_added_listed_and_withdrawn(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    to = tmp_path / "dossier"
    assert run("import", two / "a.xml", "--to", to, "--doctor", "10001") == 0
    (two / "mauvais.xml").write_text("<ClinicalDocument")
    assert run("import", two, "--to", to) == 0
    said = capsys.readouterr().err
    assert "mauvais.xml" in said
    assert "1 document était déjà là" in said
    assert "2 patients dans le dossier" in said
    assert run("sources", to) == 0
    listed = capsys.readouterr().out
    first = listed.split()[0]
    assert "(a.xml)" in listed
    assert "279035121518989" not in listed
    assert run("sources", to, "--remove", first) == 0
    assert "il reste 1 patient" in capsys.readouterr().err
    assert run("sources", to, "--remove", first) == 2
    assert "aucune source" in capsys.readouterr().err
    assert run("check", to) == 0


def test_replacing_is_asked_for_and_says_what_goes(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    to = tmp_path / "dossier"
    run("import", two / "a.xml", "--to", to)
    assert run("import", two / "b.xml", "--to", to, "--replace") == 0
    assert "1 source et 1 patient s’en vont" in capsys.readouterr().err


def test_nothing_that_can_be_read_is_told_and_changes_nothing(two: Path, tmp_path: Path, capsys):
    (two / "mauvais.xml").write_text("<ClinicalDocument")
    assert run("import", two / "mauvais.xml", "--to", tmp_path / "dossier") == 2
    assert "mauvais.xml" in capsys.readouterr().err
    assert not (tmp_path / "dossier").exists()
    assert run("sources", tmp_path / "dossier") == 2


def test_the_report_says_what_is_known_and_what_each_result_can_do(two: Path, tmp_path: Path, capsys):
    to = tmp_path / "dossier"
    assert run("import", two, "--to", to, "--doctor", "10001") == 0
    imported = capsys.readouterr().err
    assert "2 documents ajoutés : 2 historiques des remboursements (CDA). 2 patients dans" in imported
    assert run("sources", to) == 0
    said = capsys.readouterr()
    for name in ("Prévention : ", "Sobriété : pas de ratio pour 2024. ", "Forfait : "):
        assert name in imported
        assert name in said.err
    assert "ALD (oui ou non) connue pour 0 % des patients" in said.err
    assert "historique des remboursements (CDA)" in said.out
    assert "cda_remb" not in said.out


def test_pairs_are_answered_by_their_keys(tmp_path: Path, capsys):
    to, line = tmp_path / "dossier", "Nom;Prénom;Date de naissance;Sexe;NIR\nDUPONT;Marie;01/02/1960;F;{}\n"
    for place, number in enumerate(("260023500100131", "260023500100228")):
        (tmp_path / f"{place}.csv").write_text(line.format(number), encoding="utf-8")
    assert run("import", tmp_path / "0.csv", tmp_path / "1.csv", "--to", to) == 0
    keys = re.search(r"peut-être le même patient : (\w+) et (\w+)", capsys.readouterr().err)
    assert keys
    assert run("sources", to, "--same", keys[1], keys[2]) == 0
    assert "un seul patient ; 1 patient dans le dossier" in capsys.readouterr().err
    assert run("sources", to, "--distinct", keys[1], keys[2]) == 0
    assert "deux patients ; 2 patients dans le dossier" in capsys.readouterr().err
    assert run("sources", to, "--same", keys[1], "personne") == 2
