"""What is written is whole or absent, and a failure leaves what was there."""

from pathlib import Path

import pytest

from calculators.aside import file_aside, folder_aside


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def write(to: Path, text: str, keep: tuple[Path, ...] = (), fail: type[Exception] | None = None) -> None:
    with folder_aside(to, keep) as aside:
        (aside / "table").write_text(text)
        if fail:
            raise fail


def write_file(to: Path, text: str, fail: type[Exception] | None = None) -> None:
    with file_aside(to) as aside:
        aside.write_text(text)
        if fail:
            raise fail


def test_a_folder_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    for text in ("avant", "après"):
        write(tmp_path / "d", text)
    assert content(tmp_path) == {"d/table": "après"}


def test_what_is_not_ours_is_kept_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path / "d", "avant")
    (tmp_path / "d" / "notes").mkdir()
    (tmp_path / "d" / "notes" / "a.txt").write_text("à moi")
    (tmp_path / "d" / "b.txt").write_text("aussi")
    write(tmp_path / "d", "après", (tmp_path / "d" / "notes", tmp_path / "d" / "b.txt"))
    assert content(tmp_path) == {"d/table": "après", "d/notes/a.txt": "à moi", "d/b.txt": "aussi"}


def test_a_failure_while_writing_leaves_the_earlier_folder_alone(tmp_path: Path) -> None:
    write(tmp_path / "d", "avant")
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "d", "moitié", fail=ZeroDivisionError)
    assert content(tmp_path) == {"d/table": "avant"}


def test_a_failure_of_the_exchange_puts_the_earlier_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "d", "avant")
    rename = Path.rename

    def stubborn(self: Path, target: Path) -> Path:
        if self.name.endswith(".unfinished") and target == tmp_path / "d":
            raise PermissionError("verrouillé")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(PermissionError):
        write(tmp_path / "d", "après")
    assert content(tmp_path) == {"d/table": "avant"}


def test_a_file_takes_the_place_of_the_earlier_one_or_leaves_it(tmp_path: Path) -> None:
    to = tmp_path / "f.csv"
    write_file(to, "avant")
    with pytest.raises(ZeroDivisionError):
        write_file(to, "moitié", ZeroDivisionError)
    assert content(tmp_path) == {"f.csv": "avant"}
