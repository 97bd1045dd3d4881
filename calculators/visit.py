"""Folders of one visit: what a person opened or imported without keeping it, gone at the end of the visit.

Each is named after the process that made it. A process that crashed leaves its own behind: the next start sweeps them.
"""

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "tableau-mt-"


def folder() -> "tempfile.TemporaryDirectory[str]":
    """A new folder for its owner alone, removed with the object."""
    return tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-")


def sweep() -> list[Path]:
    """Remove what crashed processes of this account left; those that are running keep theirs."""
    swept = []
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*"):
        number = path.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and not is_running(int(number)) and _is_mine(path):
            shutil.rmtree(path, ignore_errors=True)
            swept.append(path)
    return swept


def is_running(process: int) -> bool:
    """Is there such a process on this computer?"""
    if os.name == "nt":
        return _is_running_on_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is_running_on_windows(process: int) -> bool:
    """`os.kill` would end it there."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, process)
    if handle:
        kernel.CloseHandle(handle)
    return bool(handle)


def _is_mine(path: Path) -> bool:
    return not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()
