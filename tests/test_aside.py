"""What is written is whole or absent, and a failure leaves what was there."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from calculators import aside
from calculators.aside import append_line, file_aside, folder_aside, recover


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def write(to: Path, text: str, keep: tuple[Path, ...] = (), fail: type[Exception] | None = None) -> None:
    with folder_aside(to, keep) as place:
        (place / "table").write_text(text)
        if fail:
            raise fail


def write_file(to: Path, text: str, fail: type[Exception] | None = None) -> None:
    with file_aside(to) as place:
        place.write_text(text)
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

    monkeypatch.setattr(aside, "_swap", lambda one, other: False)  # a system that cannot exchange two folders
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


def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    write(tmp_path / "d", "texte")
    write_file(tmp_path / "f.csv", "texte")
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in (tmp_path / "d", tmp_path / "d" / "table", tmp_path / "f.csv")
    }
    assert modes == {"d": 0o700, "table": 0o600, "f.csv": 0o600}


def test_a_line_is_added_on_its_own_even_after_one_that_was_torn(tmp_path: Path) -> None:
    to = tmp_path / "lignes"
    to.write_bytes(b"entiere\ncoup")
    append_line(to, "neuve")
    assert to.read_text() == "entiere\ncoup\nneuve\n"


@pytest.mark.parametrize("written", [0, 3])
def test_a_full_disk_takes_back_what_it_could_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    to = tmp_path / "lignes"
    append_line(to, "avant")
    write = os.write

    def full(handle: int, content: bytes) -> int:
        if written:
            write(handle, content[:written])
        raise OSError(errno.ENOSPC, "plein")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="plein"):
        append_line(to, "après")
    assert to.read_text() == "avant\n"


def test_two_windows_at_once_keep_both(tmp_path: Path) -> None:
    to = tmp_path / "lignes"
    with ThreadPoolExecutor(8) as windows:
        list(windows.map(lambda number: append_line(to, f"{number:03d}" * 50), range(200)))
    assert sorted(to.read_text().splitlines()) == sorted(f"{number:03d}" * 50 for number in range(200))


def test_a_line_added_while_the_folder_is_exchanged_is_in_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    write(folder, "avant")
    lines = folder / "lignes"
    append_line(lines, "0")
    with ThreadPoolExecutor(4) as windows:
        adding = windows.submit(lambda: [append_line(lines, str(number)) for number in range(1, 150)])
        for round_ in range(10):
            write(folder, f"tour {round_}", (lines,))
        adding.result()
    assert lines.read_text().splitlines() == [str(number) for number in range(150)]


@pytest.mark.parametrize("alive", [True, False])
def test_an_exchange_cut_in_two_is_put_back_unless_it_is_still_going_on(tmp_path: Path, alive: bool) -> None:
    number = os.getpid() if alive else 2**22 + 1  # beyond the largest process number
    scratch = tmp_path / f".d-{number}-abc.unfinished"
    scratch.mkdir()
    (scratch / "d").mkdir()
    (scratch / "d" / "table").write_text("avant")
    said = recover(tmp_path / "d")
    assert ("interrompue" in said) == (not alive)
    assert (tmp_path / "d" / "table").exists() == (not alive)
    assert scratch.exists() == alive


def test_what_nobody_will_finish_is_swept_and_neighbours_are_left(tmp_path: Path) -> None:
    write(tmp_path / "d", "là")
    for name in (".d-4194305-x.unfinished", ".d2-4194305-x.unfinished"):
        (tmp_path / name).write_text("moitié")
    assert recover(tmp_path / "d") == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == [".d2-4194305-x.unfinished", "d"]
