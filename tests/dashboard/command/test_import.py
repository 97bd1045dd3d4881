"""Documents are added, listed and withdrawn; replacing is asked for and said."""

from pathlib import Path

import pytest

from tests.dashboard.command.test_command import run
from tests.records.histories import drug, history, section

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
