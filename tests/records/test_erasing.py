"""A practice folder is erased by its name, and only when this program made it; folders that were opened are remembered."""

import shutil
from pathlib import Path

import pytest

from calculators.errors import UserError
from calculators.records import erasing, practice, recents
from calculators.records.folder import MADE
from tests import practice as written
from tests.records.documents import NOW, document, person


@pytest.fixture
def made(tmp_path: Path) -> Path:
    practice.add(tmp_path / "cabinet", [document("un", person("Dupont", "Marie", NOW.replace(year=1960), "F"))])
    return tmp_path / "cabinet"


def test_the_name_of_the_folder_erases_it(made: Path):
    with pytest.raises(UserError, match="Rien n’a été effacé"):
        erasing.erase(made, "cabine")
    assert made.exists()
    erasing.erase(made, " cabinet ")
    assert not made.exists()


def test_what_somebody_else_made_is_never_erased(tmp_path: Path):
    folder = written.write(tmp_path / "autre", written.dataset(), patients=[("p", "1960-01-01", "F")])
    (folder / MADE).unlink()
    with pytest.raises(UserError, match="pas été écrit par ce programme"):
        erasing.erase(folder, "autre")
    with pytest.raises(UserError):
        erasing.erase(tmp_path / "absent", "absent")
    assert (folder / "dataset.toml").exists()


def test_the_latest_folder_is_first_and_what_is_gone_is_forgotten(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recents.platformdirs, "user_state_path", lambda _: tmp_path / "etat")
    assert recents.recents() == []
    other = tmp_path / "second"
    shutil.copytree(made, other)
    for one in (made, other, made):
        recents.remember(one)
    assert recents.recents() == [made, other]
    assert (tmp_path / "etat" / "dossiers.json").stat().st_mode & 0o777 == 0o600
    recents.drop(made)
    shutil.rmtree(other)
    assert recents.recents() == []


@pytest.mark.parametrize("content", ["", "{", "[1, null]", '{"a": 1}', "[" * 100_000])
def test_a_strange_list_of_folders_is_an_empty_one(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recents.platformdirs, "user_state_path", lambda _: tmp_path)
    (tmp_path / "dossiers.json").write_text(content)
    assert recents.recents() == []
