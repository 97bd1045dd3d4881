"""Write aside, then rename: what is written is whole or absent, on the disk before it takes its place, and what it
replaces is lost only once it is there.

A run that is killed leaves `.<name>-<pid>-….unfinished` beside what it was writing. `recover`, at the next start, puts back
what a killed exchange had moved, and sweeps what nobody will finish. Files and folders are for their owner alone.
"""

import ctypes
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from calculators.visit import is_running

UNFINISHED = ".unfinished"
FILE, FOLDER = 0o600, 0o700
"""Records of patients: their owner alone."""
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def file_aside(to: Path, mode: int = FILE) -> Iterator[Path]:
    """A file to write; it takes the place of `to` when the block ends well."""
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=_prefix(to), suffix=UNFINISHED)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.chmod(mode)
        _to_disk(aside)
        aside.replace(to)
        _to_disk(to.parent)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def folder_aside(to: Path, keep: Iterable[Path] = (), mode: int = FOLDER) -> Iterator[Path]:
    """A folder to write; it takes the place of `to` when the block ends well. `keep`: files and folders of `to` that are
    not ours to replace; they are copied into the new one, as they are at the last moment.

    Raises OSError when the folder cannot be written; `to` is then as it was.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    recover(to)
    aside = Path(tempfile.mkdtemp(dir=to.parent, prefix=_prefix(to), suffix=UNFINISHED))
    try:
        yield aside
        with ExitStack() as held:
            for kept in keep:
                if kept.is_file():  # who appends to it waits, then finds the new one
                    held.enter_context(_locked(kept))
                (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, aside / kept.name)
            _owner_alone(aside)
            aside.chmod(mode)
            for file in (*aside.rglob("*"), aside):
                _to_disk(file)
            _exchange(aside, to)
        _to_disk(to.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def append_line(to: Path, line: str) -> None:
    """Add a line to a file and see it on the disk. A line torn by an earlier crash or a full disk is closed first, so that
    it does not take this one with it; what could not be written whole is taken back.

    Raises OSError; the file is then as it was.
    """
    while not _appended(to, line):
        time.sleep(0.01)  # its folder was exchanged for a new one meanwhile


def _appended(to: Path, line: str) -> bool:
    """False when the file is no longer the one of that name."""
    with _opened(to, os.O_RDWR | os.O_CREAT | os.O_APPEND) as handle, _alone(handle):
        if not _is_at(handle, to):
            return False
        before = os.fstat(handle).st_size
        torn = before > 0 and os.pread(handle, 1, before - 1) != b"\n"
        try:
            _write_all(handle, (("\n" if torn else "") + line + "\n").encode("utf-8"))
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
        return True


def recover(to: Path) -> str:
    """After a killed run: put `to` back when an exchange had moved it away, and sweep what nobody will finish. A French
    sentence when something was put back, else empty."""
    left = [path for path in _unfinished(to) if not _is_running(path)]
    said = ""
    if not to.exists():
        moved = next((path / to.name for path in left if (path / to.name).exists()), None)
        if moved is not None:
            moved.rename(to)
            said = (
                f"Une écriture de « {to} » avait été interrompue : l’état d’avant a été remis en place. "
                "Recommencez ce qui était en cours."
            )
    for path in left:
        (shutil.rmtree if path.is_dir() else Path.unlink)(path, True)
    return said


def _prefix(to: Path) -> str:
    return f".{to.name[:100]}-{os.getpid()}-"


def _unfinished(to: Path) -> list[Path]:
    with suppress(OSError):
        start = f".{to.name[:100]}-"
        return [path for path in to.parent.iterdir() if path.name.startswith(start) and path.name.endswith(UNFINISHED)]
    return []


def _is_running(path: Path) -> bool:
    """Is it being written by a process of this computer that is still there?"""
    number = path.name.removesuffix(UNFINISHED).rsplit("-", 2)[-2]
    return number.isdigit() and is_running(int(number))


def _exchange(aside: Path, to: Path) -> None:
    """At one stroke where the system can; else in two, between which `to` is found again by `recover`."""
    if not to.exists():
        aside.rename(to)
        return
    if _swap(aside, to):
        return
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=_prefix(to), suffix=UNFINISHED) as scratch:
        earlier = to.rename(Path(scratch) / to.name)
        try:
            aside.rename(to)
        except OSError:
            earlier.rename(to)
            raise


def _swap(one: Path, other: Path) -> bool:
    """Exchange two folders atomically; False where the system or the disk cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = (os.fsencode(path) for path in (one, other))
    return int(rename(AT_FDCWD, next(names), AT_FDCWD, next(names), RENAME_EXCHANGE)) == 0


def _owner_alone(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(FOLDER if path.is_dir() else FILE)


def _to_disk(path: Path) -> None:
    """Wait until the disk has it (a folder: its names). Some systems cannot for a folder."""
    with suppress(PermissionError, IsADirectoryError), _opened(path, os.O_RDONLY) as handle:
        os.fsync(handle)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    handle = os.open(path, flags, FILE)
    try:
        yield handle
    finally:
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (os.fstat(handle).st_ino, os.fstat(handle).st_dev) == (there.st_ino, there.st_dev)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with _opened(path, os.O_RDONLY) as handle, _alone(handle):
        yield


def _write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    """Two windows writing at once take turns, where the system has such a lock."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)
