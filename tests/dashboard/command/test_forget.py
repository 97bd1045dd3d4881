"""Copies are listed and go; a folder goes whole only when this program made it and its name was typed."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from calculators.records import copies as kept
from calculators.records.folder import MADE
from calculators.records.store import open_store
from tests import practice
from tests.dashboard.command.test_command import run

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = practice.write(tmp_path / "cabinet", patients=[("p1", "1950-01-01", "F")])
    open_store(made)
    return made


def test_the_copies_of_a_folder_are_listed_removed_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert run("forget", folder) == 0
    said = capsys.readouterr()
    assert str(folder / ".tableau-mt") in said.out
    assert "1 copie effacée" in said.err
    assert not (folder / ".tableau-mt").exists()
    assert open_store(folder).doctors() == ["d1"]


def test_copies_of_read_only_data_go_when_nobody_used_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path / "cache")
    for name in ("ancienne", "neuve"):
        (tmp_path / "cache" / name).mkdir(parents=True)
        (tmp_path / "cache" / name / "store.json").write_text("{}")
    now = datetime.now()
    assert [one.place.name for one in kept.copies()] == ["ancienne", "neuve"]
    assert kept.sweep_unused(now + timedelta(days=kept.UNUSED_DAYS - 1)) == []
    assert len(kept.sweep_unused(now + timedelta(days=kept.UNUSED_DAYS + 1))) == 2
    assert kept.copies() == []


@pytest.mark.parametrize(("typed", "code"), [("cabinet\n", 0), ("autre\n", 2), ("", 2)])
def test_a_folder_goes_whole_when_its_name_is_typed(folder: Path, monkeypatch, capsys, typed: str, code: int):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run("forget", folder, "--everything") == code
    assert folder.exists() == bool(code)


def test_a_folder_of_somebody_else_is_never_erased(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / MADE).unlink()
    assert run("forget", folder, "--everything", "--yes") == 2
    assert "n’a pas été écrit par ce programme" in capsys.readouterr().err
    assert folder.exists()
